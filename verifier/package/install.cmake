# Installs libperdura_verifier with its headers, and tells pkg-config and CMake of it.
#
# The C++ interface is these headers and what they include; the rest of verifier/ may change.
set(public_headers verify_package verify_evidence verify_token report_text report_json receipt statement)
set(pending ${public_headers})
set(installed_headers "")
while(pending)
  list(POP_FRONT pending header)
  if(header IN_LIST installed_headers)
    continue()
  endif()
  list(APPEND installed_headers ${header})
  file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${header}.hpp includes REGEX "^#include \"verifier/")
  foreach(include ${includes})
    string(REGEX REPLACE "^#include \"verifier/(.*)\\.hpp\".*" "\\1" name "${include}")
    list(APPEND pending ${name})
  endforeach()
endwhile()
list(SORT installed_headers)
list(TRANSFORM installed_headers PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
list(TRANSFORM installed_headers APPEND .hpp)

install(FILES ${installed_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/perdura/verifier)
install(FILES c/perdura_verifier.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS perdura_verifier ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS perdura_verifier_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY example/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/example)

file(RELATIVE_PATH to_prefix /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
configure_file(package/perdura_verifier.pc.in perdura_verifier.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/perdura_verifier.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
include(CMakePackageConfigHelpers)
configure_package_config_file(package/perdura_verifier-config.cmake.in perdura_verifier-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/perdura_verifier
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(perdura_verifier-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/perdura_verifier-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/perdura_verifier-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/perdura_verifier)
