# Of a text, the C++ statements that append it to a std::string named `text`. In pieces, since a compiler need not take a
# literal of any length.
function(literal_pieces out text)
    set(size 8000)
    string(LENGTH "${text}" length)
    set(pieces "")
    set(start 0)
    while(start LESS length)
        string(SUBSTRING "${text}" ${start} ${size} piece)
        string(APPEND pieces "    text += R\"~~(${piece})~~\";\n")
        math(EXPR start "${start} + ${size}")
    endwhile()
    set(${out} "${pieces}" PARENT_SCOPE)
endfunction()
