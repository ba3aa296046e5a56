# SPDX-License-Identifier: MIT
# Compiler settings and the two shapes of target that the project has.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(FAULTLINE_SANITIZE "" CACHE STRING "comma-separated list for -fsanitize=")
set(FAULTLINE_COVERAGE "" CACHE STRING "the library whose lines tests/coverage.sh counts")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

add_compile_options(-Wall -Wextra -Werror -fno-strict-aliasing -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_options($<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
                    $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>)
if(FAULTLINE_SANITIZE)
  add_compile_options(-fsanitize=${FAULTLINE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FAULTLINE_SANITIZE})
endif()

find_package(PkgConfig REQUIRED)

# faultline_library(NAME SOURCES... [HEADERS public.h...]): a static library
# faultline-NAME whose headers are included as "<folder>/<header>". Which of them
# are installed, cmake/Install.cmake says.
function(faultline_library name)
  cmake_parse_arguments(L "" "" "HEADERS" ${ARGN})
  add_library(faultline-${name} STATIC ${L_UNPARSED_ARGUMENTS})
  add_library(Faultline::${name} ALIAS faultline-${name})
  set_target_properties(faultline-${name} PROPERTIES
    EXPORT_NAME ${name} FAULTLINE_HEADERS "${L_HEADERS}")
  target_include_directories(faultline-${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/faultline>)
  if(name STREQUAL FAULTLINE_COVERAGE)
    target_compile_options(faultline-${name} PRIVATE --coverage)
    target_link_options(faultline-${name} INTERFACE --coverage)
  endif()
endfunction()

# faultline_suite(AREA NAME SOURCES... [LIBS ...]): a Check suite; its full test
# names are AREA.NAME.case. The program lands in build/suites/AREA.NAME, where
# `faultline test` looks for it.
function(faultline_suite area name)
  cmake_parse_arguments(S "" "" "LIBS" ${ARGN})
  add_executable(suite-${area}-${name} ${S_UNPARSED_ARGUMENTS} ${CMAKE_SOURCE_DIR}/tests/suite.c)
  set_target_properties(suite-${area}-${name} PROPERTIES
    OUTPUT_NAME ${area}.${name}
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/suites)
  pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
  target_include_directories(suite-${area}-${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(suite-${area}-${name} PRIVATE ${S_LIBS} PkgConfig::CHECK)
  add_test(NAME ${area}.${name} COMMAND suite-${area}-${name})
endfunction()
