// Requests to the returns service in the shape that its WSDL and schemas have, with the published element chain and
// namespaces and values of our own.
#pragma once

#include <string>
#include <string_view>

namespace gateproof::gateway::test {

/// What differs from one request to the next.
struct ReturnsMessage {
    std::string identifier;
    std::string account_type = "INC";  ///< empty: the element is left out
    std::string identifier_type = "ACCIRD";
    std::string provider = "Gateproof";
    std::string platform = "Embedded";
    unsigned version = 2;  ///< of the common types
    std::string form = "INC";
    std::string period = "2026-03-31";
};

/// A message of GST, whose common types are those of version 1.
inline ReturnsMessage of_gst(std::string identifier) {
    return {.identifier = std::move(identifier), .account_type = "GST", .version = 1, .form = "GST"};
}

inline std::string common_header(const ReturnsMessage& message) {
    return "<c:softwareProviderData><c:softwareProvider>" + message.provider +
           "</c:softwareProvider><c:softwarePlatform>" + message.platform +
           "</c:softwarePlatform><c:softwareRelease>2.1</c:softwareRelease></c:softwareProviderData>"
           "<c:identifier IdentifierValueType=\"" +
           message.identifier_type + "\">" + message.identifier + "</c:identifier>" +
           (message.account_type.empty() ? "" : "<c:accountType>" + message.account_type + "</c:accountType>");
}

/// The envelope, and in it the operation's element, its message and its wrapper around the payload.
inline std::string envelope(const std::string& operation, const std::string& message, unsigned version,
                            const std::string& payload) {
    const std::string types = "urn:www.ird.govt.nz/GWS:types/";
    const std::string v = ".v" + std::to_string(version);
    return "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" "
           "xmlns:r=\"https://services.ird.govt.nz/GWS/Returns/\" xmlns:t=\"https://services.ird.govt.nz/GWS/Returns/:types/" +
           operation + "Request\" xmlns:f=\"" + types + "ReturnCommon" + v + "\" xmlns:c=\"" + types + "Common" + v +
           "\">\n <e:Header><a:Action xmlns:a=\"http://www.w3.org/2005/08/addressing\">"
           "https://services.ird.govt.nz/GWS/Returns/Return/" +
           operation + "</a:Action></e:Header>\n <e:Body><r:" + operation + "><r:" + message + "><t:" + operation +
           "RequestWrapper>" + payload + "</t:" + operation + "RequestWrapper></r:" + message + "></r:" + operation +
           "></e:Body>\n</e:Envelope>";
}

inline std::string form_info(const ReturnsMessage& message) {
    return "<f:retrieveFormInfoRequest>" + common_header(message) + "<f:periodEndDate>" + message.period +
           "</f:periodEndDate><f:majorFormType>" + message.form + "</f:majorFormType></f:retrieveFormInfoRequest>";
}

inline std::string retrieve_status(const ReturnsMessage& message) {
    return envelope("RetrieveStatus", "ReturnStatusRequestMsg", message.version, form_info(message));
}
inline std::string retrieve_return(const ReturnsMessage& message) {
    return envelope("RetrieveReturn", "RetrieveReturnRequestMsg", message.version, form_info(message));
}
inline std::string prepop(const ReturnsMessage& message) {
    return envelope("Prepop", "ReturnPrepopRequestMsg", message.version, form_info(message));
}
inline std::string obligations(const ReturnsMessage& message) {
    return envelope("RetrieveFilingObligations", "FilingObligationsRequestMsg", message.version,
                    "<f:retrieveFilingObligationsRequest>" + common_header(message) + "<f:majorFormType>" +
                        message.form + "</f:majorFormType></f:retrieveFilingObligationsRequest>");
}
/// A nil return of the form in this namespace: ReturnGST.v1, ReturnIR3.v1.
inline std::string file(const ReturnsMessage& message, const std::string& form, const std::string& minor) {
    return envelope(
        "File", "ReturnFileRequestMsg", message.version,
        "<x:fileRequest xmlns:x=\"urn:www.ird.govt.nz/GWS:types/" + form + "\"><f:fileHeader>" +
            common_header(message) + "<f:periodEndDate>" + message.period + "</f:periodEndDate><f:majorFormType>" +
            message.form + "</f:majorFormType><f:minorFormType>" + minor +
            "</f:minorFormType></f:fileHeader><f:fileBody><f:standardFields><f:isNilReturn>true</f:isNilReturn>"
            "<f:isFinalReturn>false</f:isFinalReturn><f:amendmentRequest><f:isAmended>false</f:isAmended>"
            "<f:amendReason/><f:amendDetails/></f:amendmentRequest></f:standardFields><f:formFields "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x:FormFieldsType\"/>"
            "</f:fileBody></x:fileRequest>");
}

/// The text with its first `what` replaced.
inline std::string changed(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

}  // namespace gateproof::gateway::test
