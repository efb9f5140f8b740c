# Whoever follows the page in the tree itself has its blocks there when the build follows it again: the second time
# changes nothing, which holds only as long as the formatter leaves the blocks as they are.
# cmake -DROOT=... -DPAGE=... -DOUT=... -DFILES=a,b -P twice.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${OUT}")
foreach(step "${ROOT}|once" "${OUT}/once|twice")
    string(REPLACE "|" ";" step "${step}")
    list(GET step 0 from)
    list(GET step 1 to)
    execute_process(COMMAND ${CMAKE_COMMAND} "-DROOT=${from}" "-DPAGE=${PAGE}" "-DOUT=${OUT}/${to}" "-DFILES=${FILES}"
        -DMOST_LINES=120 -P "${CMAKE_CURRENT_LIST_DIR}/apply.cmake" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
string(REPLACE "," ";" files "${FILES}")
find_program(formatter clang-format-14)
foreach(file IN LISTS files)
    file(SHA256 "${OUT}/once/${file}" once)
    file(SHA256 "${OUT}/twice/${file}" twice)
    if(NOT once STREQUAL twice)
        message(FATAL_ERROR "${file}: what is there already is added again")
    endif()
    if(formatter)
        execute_process(COMMAND "${formatter}" "--style=file:${ROOT}/.clang-format" --dry-run -Werror "${OUT}/once/${file}"
            COMMAND_ERROR_IS_FATAL ANY)
    endif()
endforeach()
