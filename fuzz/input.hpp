// Inputs that hold more than one thing: two texts, whose first byte says how long the first one is, or a stream and how
// it is divided.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// n, n positions of two bytes, the bytes of the stream.
struct DividedStream {
    std::string_view bytes;
    std::vector<std::size_t> splits;      ///< in order, none beyond the end
    std::vector<std::size_t> every_byte;  ///< 1, 2, ... to the end
};

/// The bytes stay the caller's.
inline DividedStream divided_stream(const std::uint8_t* data, std::size_t size) {
    const std::size_t count = size == 0 ? 0 : std::min<std::size_t>(data[0] & 0x1f, (size - 1) / 2);
    const std::size_t skipped = size == 0 ? 0 : 1 + 2 * count;
    DividedStream stream;
    stream.bytes = {reinterpret_cast<const char*>(data) + skipped, size - skipped};
    for (std::size_t i = 0; i < count; ++i) {
        stream.splits.push_back(std::min<std::size_t>(static_cast<std::size_t>(data[1 + 2 * i] << 8 | data[2 + 2 * i]),
                                                      stream.bytes.size()));
    }
    std::sort(stream.splits.begin(), stream.splits.end());
    for (std::size_t i = 0; i < stream.bytes.size(); ++i) {
        stream.every_byte.push_back(i + 1);
    }
    return stream;
}
