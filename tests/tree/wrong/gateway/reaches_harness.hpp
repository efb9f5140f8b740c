#include "harness/model/check.hpp"
