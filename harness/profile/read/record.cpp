// Whose test of what a run is, for whoever receives its evidence.
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

void read_record(const JsonField& field, Problems& problems, Profile& profile) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField organisation = reader.optional("organisation");
    const JsonField product = reader.optional("product");
    const JsonField version = reader.optional("version");
    const JsonField tester = reader.optional("tester");
    const JsonField valid_days = reader.optional("valid_days");
    reader.finish();
    profile.record.organisation = read_filled_text(organisation, problems, "the name of an organisation");
    profile.record.product = read_filled_text(product, problems, "the name of a product");
    profile.record.version = read_filled_text(version, problems, "the version of the product, as text");
    profile.record.tester = read_filled_text(tester, problems, "who runs the checks");
    constexpr std::int64_t ten_years = 3653;
    profile.valid_days = static_cast<int>(read_integer(valid_days, problems, 1, ten_years).value_or(0));
}

}  // namespace gateproof
