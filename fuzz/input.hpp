// An input that holds two texts: its first byte says how long the first one is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

struct TwoTexts {
    std::string all;  ///< both, one behind the other
    std::string first;
    std::string second;
};

/// Of an empty input all three are empty.
inline TwoTexts two_texts(const std::uint8_t* data, std::size_t size) {
    TwoTexts texts;
    if (size > 0) {
        texts.all.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
        const std::size_t length = std::min<std::size_t>(data[0], texts.all.size());
        texts.first = texts.all.substr(0, length);
        texts.second = texts.all.substr(length);
    }
    return texts;
}
