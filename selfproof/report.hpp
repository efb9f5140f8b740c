// A proved (or not) matrix as people and programs read it.
#pragma once

#include <string>

#include "selfproof/matrix.hpp"

namespace gateproof::selfproof {

/// A line for each fault, and what is not proved.
std::string text(const Matrix& matrix);
std::string json(const Matrix& matrix);
/// The figures, and what is not proved: a part of docs/proof.md.
std::string markdown(const Matrix& matrix);
/// Page of its own: faults by checks, a cell says on which profiles the check noticed.
std::string html(const Matrix& matrix);

/// What each fault breaks and which checks must notice, as a Markdown table: the catalogue alone, nothing measured.
std::string fault_table();

/// The words of a Listener, as the tables spell it.
std::string_view shown_on(gateway::Listener listener);

}  // namespace gateproof::selfproof
