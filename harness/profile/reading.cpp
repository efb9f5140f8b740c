#include "harness/profile/reading.hpp"

#include <array>

#include "harness/model/name_table.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {
namespace {

constexpr std::array readings{
    Named<NamedReading>{NamedReading::packs_2024, "packs-2024"},
    Named<NamedReading>{NamedReading::se_2021, "SE-2021"},
};

CertificateTrust published_trust(NamedReading reading) {
    return reading == NamedReading::packs_2024 ? CertificateTrust::by_name : CertificateTrust::by_certificate;
}

/// Both agree on everything but the cloud channel outside of production.
SourceRule published_rule(NamedReading reading, const Profile& profile) {
    if (profile.environment == Environment::production) {
        return SourceRule::open;
    }
    const bool open = reading == NamedReading::packs_2024 && profile.channel == Channel::cloud &&
                      profile.environment != Environment::mock;
    return open ? SourceRule::open : SourceRule::allow_listed;
}

}  // namespace

std::string_view to_string(NamedReading reading) {
    return name_in(readings, reading);
}

std::optional<NamedReading> reading_from(std::string_view word) {
    return value_in(readings, word);
}

CertificateTrust certificate_trust(const Profile& profile) {
    const std::optional<CertificateTrust> declared = profile.rotation ? profile.rotation->trust : std::nullopt;
    return declared.value_or(published_trust(profile.reading));
}

SourceRule source_rule(const Profile& profile) {
    return profile.firewall.value_or(published_rule(profile.reading, profile));
}

std::string_view reading_in_force(const Profile& profile, Contradiction matter) {
    if (matter == Contradiction::tds_certificate) {  // both texts are of one repository
        return profile.client_certificate.tds == TdsCertificate::required ? "TDS-required" : "TDS-recommended";
    }
    const auto judges = [&](NamedReading reading) {
        switch (matter) {
            case Contradiction::certificate_trust: return published_trust(reading) == certificate_trust(profile);
            case Contradiction::source_addresses: return published_rule(reading, profile) == source_rule(profile);
            case Contradiction::tds_certificate:
            case Contradiction::none: break;
        }
        return false;
    };
    if (judges(profile.reading)) {
        return to_string(profile.reading);
    }
    for (const auto& [other, name] : readings) {
        if (judges(other)) {
            return name;
        }
    }
    return "profile";
}

}  // namespace gateproof
