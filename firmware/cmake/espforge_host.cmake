# Host images: the agent, a port to Linux and an application, linked and wrapped (docs/protocol.md section 5).
#
#   cmake_minimum_required(VERSION 3.20)
#   project(app C)
#   include(<firmware>/cmake/espforge_host.cmake)
#   espforge_host_image(app SOURCES main.c INCLUDE_DIRS include PROJECT_NAME "thermostat" VERSION "1.0.0" CHIP "esp32c3")
#
# builds app.elf and app.efi in the binary directory. Variables that may be set before:
#   ESPFORGE_AGENT_LIBRARY   a libespforge.a built before; otherwise the agent is compiled here
#   ESPFORGE_MKIMAGE         an ef_mkimage built before; otherwise it is compiled here
#   SOURCE_DATE_EPOCH        (environment) the build time in the image, in seconds; otherwise none is recorded

include_guard(GLOBAL)
cmake_minimum_required(VERSION 3.20)

get_filename_component(ESPFORGE_FIRMWARE_DIR "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2") # assertions of applications stay on

find_path(ESPFORGE_PSA_INCLUDE_DIR psa/crypto.h)
find_library(ESPFORGE_MBEDCRYPTO_LIBRARY mbedcrypto)
if(NOT ESPFORGE_PSA_INCLUDE_DIR OR NOT ESPFORGE_MBEDCRYPTO_LIBRARY)
  message(FATAL_ERROR "EspForge: libmbedcrypto with psa/crypto.h was not found. On Debian or Ubuntu: apt-get install libmbedtls-dev")
endif()
find_path(ESPFORGE_CURL_INCLUDE_DIR curl/curl.h)
find_library(ESPFORGE_CURL_LIBRARY curl)
if(NOT ESPFORGE_CURL_INCLUDE_DIR OR NOT ESPFORGE_CURL_LIBRARY)
  message(FATAL_ERROR "EspForge: libcurl was not found. On Debian or Ubuntu: apt-get install libcurl4-openssl-dev")
endif()

# Message links are had where their library is; without it a virtual device uses the other one, or HTTPS.
find_path(ESPFORGE_MOSQUITTO_INCLUDE_DIR mosquitto.h)
find_library(ESPFORGE_MOSQUITTO_LIBRARY mosquitto)
find_path(ESPFORGE_WEBSOCKETS_INCLUDE_DIR libwebsockets.h)
find_library(ESPFORGE_WEBSOCKETS_LIBRARY websockets)
set(espforge_link_definitions)
set(espforge_link_includes)
set(espforge_link_libraries)
if(ESPFORGE_MOSQUITTO_INCLUDE_DIR AND ESPFORGE_MOSQUITTO_LIBRARY)
  list(APPEND espforge_link_definitions EF_HAVE_MOSQUITTO=1)
  list(APPEND espforge_link_includes "${ESPFORGE_MOSQUITTO_INCLUDE_DIR}")
  list(APPEND espforge_link_libraries "${ESPFORGE_MOSQUITTO_LIBRARY}")
elseif(NOT ESPFORGE_AGENT_LIBRARY)
  message(STATUS "EspForge: no libmosquitto (libmosquitto-dev), virtual devices are built without MQTT")
endif()
if(ESPFORGE_WEBSOCKETS_INCLUDE_DIR AND ESPFORGE_WEBSOCKETS_LIBRARY)
  list(APPEND espforge_link_definitions EF_HAVE_LIBWEBSOCKETS=1)
  list(APPEND espforge_link_includes "${ESPFORGE_WEBSOCKETS_INCLUDE_DIR}")
  list(APPEND espforge_link_libraries "${ESPFORGE_WEBSOCKETS_LIBRARY}")
elseif(NOT ESPFORGE_AGENT_LIBRARY)
  message(STATUS "EspForge: no libwebsockets (libwebsockets-dev), virtual devices are built without WebSocket")
endif()

# Hardening as in a distribution, and no path of the building machine in the result.
add_library(espforge_build_flags INTERFACE)
target_compile_options(espforge_build_flags INTERFACE
  -Wall -fPIE -fstack-protector-strong -fno-common -ffunction-sections -fdata-sections
  "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build"
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
  "-ffile-prefix-map=${ESPFORGE_FIRMWARE_DIR}=firmware"
  $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
target_compile_definitions(espforge_build_flags INTERFACE _GNU_SOURCE)
target_link_options(espforge_build_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack,--gc-sections,--as-needed)

set(ESPFORGE_STRICT_WARNINGS -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla)

add_library(espforge_interface INTERFACE)
target_include_directories(espforge_interface INTERFACE "${ESPFORGE_FIRMWARE_DIR}/agent/include" "${ESPFORGE_PSA_INCLUDE_DIR}")
target_link_libraries(espforge_interface INTERFACE espforge_build_flags)

if(ESPFORGE_AGENT_LIBRARY)
  if(NOT EXISTS "${ESPFORGE_AGENT_LIBRARY}")
    message(FATAL_ERROR "EspForge: ESPFORGE_AGENT_LIBRARY names ${ESPFORGE_AGENT_LIBRARY}, which does not exist")
  endif()
  add_library(espforge STATIC IMPORTED)
  set_target_properties(espforge PROPERTIES IMPORTED_LOCATION "${ESPFORGE_AGENT_LIBRARY}")
else()
  file(GLOB espforge_sources CONFIGURE_DEPENDS
    "${ESPFORGE_FIRMWARE_DIR}/agent/src/*.c" "${ESPFORGE_FIRMWARE_DIR}/ports/posix/src/*.c")
  add_library(espforge STATIC ${espforge_sources})
  set_target_properties(espforge PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON)
  target_include_directories(espforge PRIVATE "${ESPFORGE_FIRMWARE_DIR}/agent/src" "${ESPFORGE_CURL_INCLUDE_DIR}")
  target_include_directories(espforge SYSTEM PRIVATE ${espforge_link_includes})
  target_compile_definitions(espforge PRIVATE ${espforge_link_definitions})
  target_compile_options(espforge PRIVATE ${ESPFORGE_STRICT_WARNINGS} $<$<BOOL:${ESPFORGE_WERROR}>:-Werror>)
endif()
target_link_libraries(espforge INTERFACE espforge_interface ${espforge_link_libraries} "${ESPFORGE_CURL_LIBRARY}" "${ESPFORGE_MBEDCRYPTO_LIBRARY}")
if(NOT ESPFORGE_AGENT_LIBRARY)
  target_link_libraries(espforge PRIVATE espforge_build_flags espforge_interface)
endif()

if(ESPFORGE_MKIMAGE)
  set(espforge_mkimage "${ESPFORGE_MKIMAGE}")
else()
  add_executable(ef_mkimage "${ESPFORGE_FIRMWARE_DIR}/tools/ef_mkimage.c")
  set_target_properties(ef_mkimage PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON)
  target_compile_options(ef_mkimage PRIVATE ${ESPFORGE_STRICT_WARNINGS} $<$<BOOL:${ESPFORGE_WERROR}>:-Werror>)
  target_link_libraries(ef_mkimage PRIVATE espforge)
  set(espforge_mkimage "$<TARGET_FILE:ef_mkimage>")
endif()

# espforge_host_image(TARGET SOURCES file... [INCLUDE_DIRS dir...] [DEFINITIONS name[=value]...] PROJECT_NAME name VERSION semver CHIP chip
#                     [LIBRARY target])     the agent to link, espforge if not said
function(espforge_host_image target)
  cmake_parse_arguments(PARSE_ARGV 1 image "" "PROJECT_NAME;VERSION;CHIP;LIBRARY" "SOURCES;INCLUDE_DIRS;DEFINITIONS")
  foreach(required SOURCES PROJECT_NAME VERSION CHIP)
    if(NOT image_${required})
      message(FATAL_ERROR "EspForge: espforge_host_image(${target}) needs ${required}")
    endif()
  endforeach()
  if(image_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "EspForge: espforge_host_image(${target}) does not know ${image_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT image_LIBRARY)
    set(image_LIBRARY espforge)
  endif()
  add_executable(${target} ${image_SOURCES})
  set_target_properties(${target} PROPERTIES SUFFIX ".elf" C_STANDARD 11 LINK_FLAGS_RELEASE "-s")
  target_include_directories(${target} PRIVATE ${image_INCLUDE_DIRS})
  target_compile_definitions(${target} PRIVATE ${image_DEFINITIONS})
  target_compile_options(${target} PRIVATE -Wall -Wextra)
  target_link_libraries(${target} PRIVATE ${image_LIBRARY} m)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${espforge_mkimage}" --elf "$<TARGET_FILE:${target}>" --out "${CMAKE_CURRENT_BINARY_DIR}/${target}.efi"
      --project "${image_PROJECT_NAME}" --version "${image_VERSION}" --chip "${image_CHIP}"
    BYPRODUCTS "${CMAKE_CURRENT_BINARY_DIR}/${target}.efi"
    COMMENT "Image ${target}.efi ${image_VERSION}"
    VERBATIM)
  if(TARGET ef_mkimage)
    add_dependencies(${target} ef_mkimage)
  endif()
endfunction()
