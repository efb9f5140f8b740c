#include "gateway/services/description.hpp"

#include "gateway/services/wsdl.hpp"

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

constexpr std::string_view common_types = R"(<?xml version="1.0" encoding="utf-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:www.ird.govt.nz/GWS:types/Common.v2"
    elementFormDefault="qualified">
  <xs:element name="statusMessage">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="statusCode" type="xs:integer"/>
        <xs:element name="errorMessage" type="xs:normalizedString"/>
        <xs:element name="errorDescription" type="xs:normalizedString" minOccurs="0"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
)";

constexpr std::string_view answers_of_returns = R"(<?xml version="1.0" encoding="utf-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v2"
    xmlns:r="urn:www.ird.govt.nz/GWS:types/ReturnCommon.v2" elementFormDefault="qualified"
    targetNamespace="urn:www.ird.govt.nz/GWS:types/ReturnCommon.v2">
  <xs:import namespace="urn:www.ird.govt.nz/GWS:types/Common.v2" schemaLocation="../Common%20XSD/Common.v2.xsd"/>
  <xs:element name="retrieveStatusResponse">
    <xs:complexType>
      <xs:sequence>
        <xs:element ref="c:statusMessage" maxOccurs="200"/>
        <xs:element name="responseBody" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="returnStatus" type="r:ReturnStatus" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="ReturnStatus">
    <xs:sequence>
      <xs:element name="status">
        <xs:complexType>
          <xs:simpleContent>
            <xs:extension base="xs:string">
              <xs:attribute name="code" use="required">
                <xs:simpleType>
                  <xs:restriction base="xs:token"><xs:maxLength value="6"/></xs:restriction>
                </xs:simpleType>
              </xs:attribute>
            </xs:extension>
          </xs:simpleContent>
        </xs:complexType>
      </xs:element>
      <xs:element name="submissionKey" type="xs:nonNegativeInteger" minOccurs="0"/>
    </xs:sequence>
  </xs:complexType>
</xs:schema>
)";

}  // namespace

std::optional<std::string> published_description(std::string_view name) {
    if (name == "customer.openapi.yaml") {
        return std::string(customers_and_accounts);
    }
    if (name == "Common.v2.xsd") {
        return std::string(common_types);
    }
    if (name == "ReturnCommon.v2.xsd") {
        return std::string(answers_of_returns);
    }
    return name == "returns.wsdl"
               ? std::optional(wsdl_of(SoapService::returns, "https://services.example/", FaultSet()))
               : std::nullopt;
}

}  // namespace gateproof::gateway
