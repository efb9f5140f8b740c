// Who and what the embedded gateway knows: users, customers, their accounts, delegations, machine registrations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/pki.hpp"

namespace gateproof::gateway {

/// What a user may do with a customer or an account; each includes those before it.
enum class Access { none, read, write };

/// Somebody who can log in.
struct User {
    std::string name;
    std::string password;
};

struct Customer {
    std::string ird;  ///< IRD number, valid by the modulus-11 rule
    std::string name;
    std::string address;
    std::string email;
};

/// An account of a customer; a customer has at most one of each type.
struct Account {
    std::string ird;
    std::string type;  ///< "INC", "GST"
    std::string id;    ///< number of the account
    std::int64_t balance_cents = 0;
};

/// What a user was entrusted with.
struct Delegation {
    std::string user;
    std::string ird;
    std::string account_type;  ///< empty: the customer with every account
    Access access = Access::none;
};

/// A certificate that was registered to sign machine-to-machine JWTs (IA 2.4).
struct MachineRegistration {
    std::string thumbprint;  ///< SHA-256 of the certificate, upper-case hex
    CertificatePtr certificate;
    std::string issuer;                     ///< the agreed `iss`
    std::string dsp;                        ///< common name of the client certificate that may send its JWTs
    std::string owner;                      ///< user whose delegations apply without a startLogon
    std::vector<std::string> start_logons;  ///< users that may be named as startLogon
};

/// Everything is minted at random for each gateway, so that nothing can be known beforehand. Immutable.
///
/// User `user` owns `customer` and may read the INC account of `client`, nothing else of it; `second-user` owns
/// `other-customer`; `idle-user` may see nobody. `unknown-customer` is a valid IRD number that is nobody's.
class Fixture {
public:
    explicit Fixture(const Pki& pki);

    /// By role: user, second-user, idle-user. Throws std::out_of_range for another.
    [[nodiscard]] const User& user_of_role(std::string_view role) const;
    /// Null: nobody is called that.
    [[nodiscard]] const User* user(std::string_view name) const;
    [[nodiscard]] const Customer* customer(std::string_view ird) const;
    [[nodiscard]] const Account* account(std::string_view ird, std::string_view type) const;
    /// What the user may do with the customer as a whole. A delegation for one account does not count.
    [[nodiscard]] Access access(std::string_view user, std::string_view ird) const;
    /// What the user may do with this account.
    [[nodiscard]] Access access(std::string_view user, std::string_view ird, std::string_view account_type) const;
    /// Null: no such certificate is registered here.
    [[nodiscard]] const MachineRegistration* machine(std::string_view thumbprint) const;
    /// What `machine` signs with since its key was rotated. Null: not this certificate.
    [[nodiscard]] const MachineRegistration* rotated_machine(std::string_view thumbprint) const;
    /// What it signed with before, withdrawn since. Null: not this certificate.
    [[nodiscard]] const MachineRegistration* retired_machine(std::string_view thumbprint) const;
    [[nodiscard]] const MachineRegistration& before_rotation() const { return *retired_machine_; }
    /// Null: that is the registration of another environment, or nobody's.
    [[nodiscard]] const MachineRegistration* other_environment_machine(std::string_view thumbprint) const;

    /// Text behind "embedded:NAME": "user.name", "user.password", "customer.ird", "customer.email", "m2m.key.pem" ...
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> reference_names() const;

private:
    void add_user(const std::string& role);
    const Customer& add_customer(const std::string& role, const std::string& title);
    MachineRegistration add_machine(const std::string& role, const Pki& pki);

    std::map<std::string, User, std::less<>> users_;  ///< by role
    std::vector<Customer> customers_;
    std::vector<Account> accounts_;
    std::vector<Delegation> delegations_;
    std::optional<MachineRegistration> machine_;
    std::optional<MachineRegistration> rotated_machine_;
    std::optional<MachineRegistration> retired_machine_;
    std::optional<MachineRegistration> other_environment_machine_;
    std::map<std::string, std::string, std::less<>> references_;
};

/// SHA-256 of the DER form, upper-case hex: how a signing certificate is named in `sub`.
std::string thumbprint(const X509* certificate);

}  // namespace gateproof::gateway
