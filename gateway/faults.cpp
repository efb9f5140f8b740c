#include "gateway/faults.hpp"
