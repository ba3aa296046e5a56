# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: the program with its data, and the libraries
# that stand alone, for find_package(Faultline) and pkg-config.

include(CMakePackageConfigHelpers)

set(FAULTLINE_DATA_DIR ${CMAKE_INSTALL_DATADIR}/faultline)
set(FAULTLINE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Faultline)

# Libraries of use without the rest; each depends on none but these.
set(FAULTLINE_INSTALLED sim models smmu psp traces loader)

foreach(name IN LISTS FAULTLINE_INSTALLED)
  install(TARGETS faultline-${name} EXPORT FaultlineTargets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  get_target_property(folder faultline-${name} SOURCE_DIR)
  get_target_property(headers faultline-${name} FAULTLINE_HEADERS)
  cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE below)
  foreach(header IN LISTS headers)
    install(FILES ${folder}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/faultline/${below})
  endforeach()
endforeach()

install(EXPORT FaultlineTargets NAMESPACE Faultline:: DESTINATION ${FAULTLINE_CMAKE_DIR})
configure_package_config_file(cmake/FaultlineConfig.cmake.in FaultlineConfig.cmake
  INSTALL_DESTINATION ${FAULTLINE_CMAKE_DIR})
write_basic_package_version_file(FaultlineConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/FaultlineConfig.cmake
              ${CMAKE_BINARY_DIR}/FaultlineConfigVersion.cmake
        DESTINATION ${FAULTLINE_CMAKE_DIR})

# The .pc file finds its folders from its own place, so an installation can be moved.
file(RELATIVE_PATH FAULTLINE_PC_TO_PREFIX
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/faultline.pc.in faultline.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/faultline.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS faultline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        FILES_MATCHING PATTERN "*.1")
install(FILES ${CMAKE_BINARY_DIR}/faultline.bash RENAME faultline
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# Laid out as in the source tree: runtime and modules are compiled for each kernel.
foreach(folder overrides runtime modules targets series)
  install(DIRECTORY kernel-under-test/${folder}
          DESTINATION ${FAULTLINE_DATA_DIR}/kernel-under-test)
endforeach()
file(GLOB registers CONFIGURE_DEPENDS models/*_regs.h)
install(FILES ${registers} DESTINATION ${FAULTLINE_DATA_DIR}/models)
install(DIRECTORY ${CMAKE_BINARY_DIR}/machines DESTINATION ${FAULTLINE_DATA_DIR}
        FILES_MATCHING PATTERN "*.dtb")
install(DIRECTORY scenarios DESTINATION ${FAULTLINE_DATA_DIR} PATTERN CMakeLists.txt EXCLUDE)
