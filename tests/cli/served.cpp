#include "tests/cli/served.hpp"

#include <gtest/gtest.h>

namespace gateproof::test {

ServedGateway::ServedGateway(std::string folder, const std::vector<std::string>& faults,
                             std::vector<std::string> before)
    : folder_(std::move(folder)) {
    std::vector<std::string> words{"gateway", "--write", folder_};
    for (const std::string& fault : faults) {
        words.insert(words.end(), {"--fault", fault});
    }
    const std::vector<std::string> program = command(words);
    before.insert(before.end(), program.begin(), program.end());
    process_ = std::make_unique<Process>(std::move(before), plain_environment());
    serving_ = process_->wait_for_output("serving until", std::chrono::seconds(30));
}

ServedGateway::~ServedGateway() {
    process_->end();
    EXPECT_TRUE(process_->output_ended(std::chrono::seconds(30)))
        << "a gateway outlives its test: a program before it has to become it (exec), and not to start it";
}

std::string ServedGateway::output() const {
    return process_->standard_output() + process_->standard_error();
}

}  // namespace gateproof::test
