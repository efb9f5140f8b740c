#include "gateway/faults/table.hpp"

namespace gateproof::gateway {
namespace {

std::vector<Fault> token_faults() {
    return {
        {"token-optional", "a request without a token is served", {"TOKEN-CHECKED"}, {"permission.no-token"}},
        {"token-accepts-garbage",
         "whatever stands behind the word Bearer is taken for a token",
         {"TOKEN-CHECKED"},
         {"permission.garbage-token"}},
        {"token-no-signature-check",
         "the signature of an access token is not checked",
         {"TOKEN-CHECKED"},
         {"permission.tampered-token"}},
        {"token-accepts-alg-none",
         "an access token of the algorithm none is served",
         {"TOKEN-CHECKED"},
         {"permission.alg-none"}},
        {"token-accepts-expired", "an expired token is served", {"TOKEN-CHECKED"}, {"permission.expired-token"}},
        {"token-in-query-served",
         "a token in the query of the URL is served",
         {"TOKEN-CHECKED"},
         {"permission.token-in-query-refused"}},
        {"token-accepts-revoked", "a revoked token is served", {"TOKEN-CHECKED"}, {"permission.revoked-token"}},
        {"token-ignores-environment",
         "a token of another environment is served",
         {"TOKEN-CHECKED"},
         {"permission.other-environment-token"}},
        {"token-ignores-audience",
         "a token for another service is served",
         {"TOKEN-CHECKED"},
         {"permission.other-audience-token"}},
        {"missing-token-called-invalid",
         "a missing token is answered like a bad one",
         {"TOKEN-CHECKED"},
         {"permission.token-error-shape"}},
        {"token-not-bound",
         "a token is served under the certificate of another software provider",
         {"CLOUD-MTLS-IDENTIFIES"},
         {"permission.token-under-other-certificate"},
         Listener::cloud},
    };
}

std::vector<Fault> delegation_faults() {
    return {
        {"forgets-account-delegations",
         "a delegation for one account is not honoured",
         {"DELEG-SCOPE"},
         {"permission.own-data-served"},
         Listener::both,
         true},
        {"serves-other-customers",
         "the data of every customer is served to every user",
         {"DELEG-SCOPE"},
         {"permission.other-customer-refused", "m2m.start-logon-applies"}},
        {"serves-other-accounts",
         "a delegation for one account opens the customer's other accounts",
         {"DELEG-SCOPE"},
         {"permission.other-account-refused"}},
        {"writes-with-read-delegation", "who may read may write", {"DELEG-SCOPE"}, {"permission.write-refused"}},
        {"batch-judged-by-first-item",
         "once an item of a batch was allowed, the items behind it are not judged",
         {"DELEG-SCOPE"},
         {"permission.batch-mixed"}},
        {"batch-error-carries-record",
         "an item of a batch is answered with its error and the record beside it",
         {"DELEG-SCOPE"},
         {"permission.batch-mixed"}},
        {"delegation-error-with-200",
         "the delegation error comes with HTTP 200",
         {"DELEG-ERROR"},
         {"permission.error-shape"}},
        {"delegation-error-of-another-code",
         "the delegation error carries a code that is not documented",
         {"DELEG-ERROR"},
         {"permission.error-shape"}},
        {"soap-delegation-error-of-another-code",
         "the SOAP service answers status 3 where status 4 is documented",
         {"DELEG-ERROR"},
         {"permission.error-shape"}},
        {"error-names-customer",
         "the delegation error names the customer",
         {"DELEG-ERROR"},
         {"permission.error-leaks-nothing", "permission.no-existence-oracle"}},
        {"unknown-customer-not-found",
         "a customer that does not exist is answered with 404, one that is forbidden with 403",
         {"DELEG-ERROR"},
         {"permission.no-existence-oracle"}},
        {"unknown-customer-worded-otherwise",
         "the error says that a customer does not exist",
         {"DELEG-ERROR"},
         {"permission.no-existence-oracle"}},
        {"forbidden-customer-takes-longer",
         "the refusal of a customer that exists takes 25 ms longer",
         {"DELEG-ERROR"},
         {"permission.no-existence-oracle"}},
    };
}

std::vector<Fault> machine_faults() {
    const auto row = [](std::string_view name, std::string_view title, std::string_view check) {
        return Fault{name, title, {"CLOUD-M2M"}, {check}, Listener::cloud};
    };
    return {
        {"m2m-no-signature-check",
         "the signature of a machine's JWT is not checked",
         {"CLOUD-M2M"},
         {"m2m.signature-checked", "rotation.jwt-key-rotated"},
         Listener::cloud},
        row("m2m-trusts-certificate-in-header", "the certificate in a JWT's own header is trusted",
            "m2m.unknown-thumbprint"),
        row("m2m-accepts-alg-none", "an unsigned JWT of the algorithm none is served", "m2m.alg-none"),
        row("m2m-confuses-algorithms", "HS256 is verified with the public key as its secret", "m2m.alg-confusion"),
        row("m2m-accepts-nine-hours", "a JWT may last longer than eight hours", "m2m.exp-over-8h-refused"),
        row("m2m-accepts-expired", "an expired JWT is served", "m2m.expired"),
        row("m2m-accepts-iat-before-certificate", "a JWT from before its certificate is served",
            "m2m.iat-before-certificate"),
        row("m2m-accepts-the-future", "a JWT that is issued in the future is served", "m2m.not-yet-valid"),
        row("m2m-ignores-kid", "the header kid of a JWT is not looked at", "m2m.kid"),
        row("m2m-ignores-issuer", "the issuer of a JWT is not looked at", "m2m.issuer-checked"),
        row("m2m-ignores-start-logon", "startLogon is ignored, and the owner's delegations apply",
            "m2m.start-logon-applies"),
        row("m2m-accepts-other-environment", "a certificate that is registered in another environment is served",
            "m2m.other-environment-refused"),
        {"m2m-only-with-bearer",
         "a JWT is served behind the word Bearer alone",
         {"CLOUD-M2M"},
         {"m2m.bare-header", "m2m.valid-served", "permission.own-data-served", "rotation.jwt-key-rotated"},
         Listener::cloud,
         true},
        {"m2m-serves-nobody",
         "no machine's JWT is served",
         {"CLOUD-M2M"},
         {"m2m.valid-served", "permission.own-data-served", "rotation.jwt-key-rotated"},
         Listener::cloud,
         true},
        row("m2m-on-desktop", "a machine's JWT is served on the desktop channel", "m2m.refused-on-desktop"),
        {"m2m-not-bound",
         "a machine's JWT is served under the certificate of another software provider",
         {"CLOUD-MTLS-IDENTIFIES"},
         {"m2m.other-certificate-refused"},
         Listener::cloud},
    };
}

}  // namespace

std::vector<Fault> services_faults() {
    std::vector<Fault> rows = token_faults();
    for (const auto& part : {delegation_faults(), machine_faults()}) {
        rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
}

}  // namespace gateproof::gateway
