#include "gateway/fixture.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/service.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::string_view account_types[] = {"INC", "GST"};

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1) {
        throw std::runtime_error("no random bytes for the fixture");
    }
    return number;
}

std::string hex(const unsigned char* bytes, std::size_t size, const char* digits) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) {
        text += digits[bytes[at] >> 4];
        text += digits[bytes[at] & 15];
    }
    return text;
}

std::string random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
        throw std::runtime_error("no random bytes for the fixture");
    }
    return hex(reinterpret_cast<const unsigned char*>(raw.data()), bytes, "0123456789abcdef");
}

/// A number of nine digits that passes the modulus-11 rule.
std::string random_ird_number() {
    std::uint64_t candidate = 100'000'000 + random_number() % 49'000'000;
    while (validate_ird_number(std::to_string(candidate)) != IrdNumber::valid) {
        ++candidate;
    }
    return std::to_string(candidate);
}

const MachineRegistration* only_for(const std::optional<MachineRegistration>& machine, std::string_view thumbprint) {
    return machine && machine->thumbprint == thumbprint ? &*machine : nullptr;
}

Access most(Access one, Access other) {
    return one < other ? other : one;
}

}  // namespace

std::string thumbprint(const X509* certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) {
        throw std::runtime_error("no thumbprint of a certificate");
    }
    return hex(digest, size, "0123456789ABCDEF");
}

Fixture::Fixture(const Pki& pki) {
    for (const char* const role : {"user", "second-user", "idle-user"}) {
        add_user(role);
    }
    const std::string user = user_of_role("user").name;
    const std::string second = user_of_role("second-user").name;
    delegations_ = {{user, add_customer("customer", "Kōwhai & Sons").ird, "", Access::write},
                    {user, add_customer("client", "Rimu Orchards").ird, "INC", Access::read},
                    {second, add_customer("other-customer", "Tōtara Timber").ird, "", Access::write}};
    std::string unknown = random_ird_number();
    while (customer(unknown) != nullptr) {
        unknown = random_ird_number();
    }
    references_.emplace("unknown-customer.ird", unknown);
    machine_ = add_machine("m2m", pki);
    rotated_machine_ = add_machine("m2m-rotated", pki);
    retired_machine_ = add_machine("m2m-retired", pki);
    other_environment_machine_ = add_machine("m2m-other-environment", pki);
}

void Fixture::add_user(const std::string& role) {
    const User& made =
        users_.emplace(role, User{role.substr(0, role.find('-')) + "-" + random_hex(4), random_hex(12)}).first->second;
    references_.emplace(role + ".name", made.name);
    references_.emplace(role + ".password", made.password);
}

const Customer& Fixture::add_customer(const std::string& role, const std::string& title) {
    Customer made;
    do {
        made.ird = random_ird_number();
    } while (customer(made.ird) != nullptr);
    const std::string mark = random_hex(4);
    made.name = title + " Limited " + mark;
    made.address = std::to_string(1 + random_number() % 400) + " Lambton Quay " + mark + ", Wellington 6011";
    made.email = "accounts-" + mark + "@" + role + ".example";
    for (const std::string_view type : account_types) {
        Account account{
            made.ird, std::string(type), {}, static_cast<std::int64_t>(100'000 + random_number() % 90'000'000)};
        account.id = made.ird + "-" + account.type + "-" + random_hex(2);
        references_.emplace(role + "." + account.type + ".id", account.id);
        accounts_.push_back(std::move(account));
    }
    references_.emplace(role + ".ird", made.ird);
    references_.emplace(role + ".name", made.name);
    references_.emplace(role + ".address", made.address);
    references_.emplace(role + ".email", made.email);
    return customers_.emplace_back(std::move(made));
}

MachineRegistration Fixture::add_machine(const std::string& role, const Pki& pki) {
    const Credential credential = Pki::signing_certificate(role + "-" + random_hex(4));
    references_.emplace(role + ".crt.pem", credential.certificates_pem());
    references_.emplace(role + ".key.pem", credential.key_pem());
    references_.emplace("m2m.issuer", "issuer-" + random_hex(4));  // the party's, whichever key it signs with
    const std::string& user = user_of_role("user").name;
    return {thumbprint(credential.certificate.get()),
            credential.certificate,
            references_.find("m2m.issuer")->second,
            pki.enrolled_names().front(),
            user,
            {user, user_of_role("idle-user").name}};
}

const User& Fixture::user_of_role(std::string_view role) const {
    const auto found = users_.find(role);
    if (found == users_.end()) {
        throw std::out_of_range("no user of this role");
    }
    return found->second;
}

const User* Fixture::user(std::string_view name) const {
    const auto found = std::ranges::find_if(users_, [name](const auto& one) { return one.second.name == name; });
    return found == users_.end() ? nullptr : &found->second;
}

const Customer* Fixture::customer(std::string_view ird) const {
    const auto found = std::ranges::find(customers_, ird, &Customer::ird);
    return found == customers_.end() ? nullptr : &*found;
}

const Account* Fixture::account(std::string_view ird, std::string_view type) const {
    const auto found = std::ranges::find_if(
        accounts_, [ird, type](const Account& account) { return account.ird == ird && account.type == type; });
    return found == accounts_.end() ? nullptr : &*found;
}

Access Fixture::access(std::string_view user, std::string_view ird) const {
    return access(user, ird, {});
}

Access Fixture::access(std::string_view user, std::string_view ird, std::string_view account_type) const {
    Access given = Access::none;
    for (const Delegation& delegation : delegations_) {
        const bool covers = delegation.account_type.empty() || delegation.account_type == account_type;
        if (covers && delegation.user == user && delegation.ird == ird) {
            given = most(given, delegation.access);
        }
    }
    return given;
}

const MachineRegistration* Fixture::machine(std::string_view thumbprint) const {
    return only_for(machine_, thumbprint);
}

const MachineRegistration* Fixture::rotated_machine(std::string_view thumbprint) const {
    return only_for(rotated_machine_, thumbprint);
}

const MachineRegistration* Fixture::retired_machine(std::string_view thumbprint) const {
    return only_for(retired_machine_, thumbprint);
}

const MachineRegistration* Fixture::other_environment_machine(std::string_view thumbprint) const {
    return only_for(other_environment_machine_, thumbprint);
}

std::optional<std::string> Fixture::reference(std::string_view name) const {
    const auto found = references_.find(name);
    return found == references_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> Fixture::reference_names() const {
    std::vector<std::string> names;
    for (const auto& [name, text] : references_) {
        names.push_back(name);
    }
    return names;
}

}  // namespace gateproof::gateway
