#include "harness/profile/read/load.hpp"
