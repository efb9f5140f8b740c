#include "gateway/services/description.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::string_view customers_and_accounts = R"(openapi: 3.0.3
info: {title: Customers and accounts of the embedded gateway, version: '1'}
servers: [{url: 'https://localhost/gateway'}]
paths:
  /customer/customer:
    post:
      responses:
        '200':
          description: the customer
          content: {application/json: {schema: {$ref: '#/components/schemas/CustomerAnswer'}}}
        default: {$ref: '#/components/responses/Refused'}
  /account/account:
    post:
      responses:
        '200':
          description: the account
          content: {application/json: {schema: {$ref: '#/components/schemas/AccountAnswer'}}}
        default: {$ref: '#/components/responses/Refused'}
components:
  responses:
    Refused:
      description: an error
      content: {application/json: {schema: {$ref: '#/components/schemas/Errors'}}}
  schemas:
    Errors:
      type: object
      required: [errors]
      properties:
        errors:
          type: array
          minItems: 1
          items:
            type: object
            required: [code, type, message]
            properties:
              code: {type: string, maxLength: 6}
              type: {type: string, enum: [security, validation, result, server]}
              message: {type: string}
    Day: {type: string, format: date, minLength: 10, maxLength: 10}
    CustomerAnswer:
      type: object
      required: [Customer]
      additionalProperties: false
      properties:
        Customer:
          type: object
          required: [ID, IDType, Commence, Name]
          properties:
            ID: {type: string, pattern: '^[0-9]{9,10}$'}
            IDType: {type: string, enum: [IRD, CST]}
            EntityType: {type: string, minLength: 3, maxLength: 6}
            Commence: {$ref: '#/components/schemas/Day'}
            Cease: {$ref: '#/components/schemas/Day'}
            Name:
              type: array
              minItems: 1
              items:
                type: object
                required: [NameID, Type, Formatted]
                properties:
                  NameID: {type: integer, format: int64, minimum: 1}
                  Type: {type: string}
                  Formatted: {type: string, maxLength: 255}
            Address: {type: array, items: {type: object, required: [AddressID, Country]}}
            Contact: {type: array, items: {type: object, required: [ContactID, ContactType]}}
    AccountAnswer:
      type: object
      required: [Account]
      properties:
        Account:
          allOf:
            - type: object
              required: [ID, IDType, AccountType, Commence, Cease]
            - properties:
                ID: {type: string, minLength: 7, maxLength: 15}
                IDType: {type: string, enum: [ACC, CMPF, KSF]}
                Status: {type: string, enum: [ACT, CLS, SUS]}
                Commence: {$ref: '#/components/schemas/Day'}
                Cease: {$ref: '#/components/schemas/Day'}
)";

}  // namespace

std::string_view openapi_text() {
    return customers_and_accounts;
}

}  // namespace gateproof::gateway
