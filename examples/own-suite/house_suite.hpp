// Requirements of our own house, beside the published ones.
#pragma once

#include <vector>

#include "harness/model/check.hpp"

std::vector<gateproof::Requirement> house_requirements();
gateproof::Suite house_suite();
