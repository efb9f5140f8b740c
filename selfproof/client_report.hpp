// A proved (or not) matrix of client software as people and programs read it.
#pragma once

#include <chrono>
#include <string>

#include "selfproof/client_matrix.hpp"

namespace gateproof::selfproof {

/// A line for each fault, and what is not proved.
std::string text(const ClientMatrix& matrix, std::chrono::milliseconds took);
std::string json(const ClientMatrix& matrix, std::chrono::milliseconds took);

}  // namespace gateproof::selfproof
