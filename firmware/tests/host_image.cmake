# Builds an application outside of this tree, as EspForge.Build does, and compares what comes out.
file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}/app/src")
file(WRITE "${WORK_DIR}/app/pins.h" "#define PIN_LED 8\n")
file(WRITE "${WORK_DIR}/app/src/main.c" "#include \"espforge/app.h\"
#include \"espforge/gpio.h\"
#include \"pins.h\"
#include <stdio.h>
void ef_app_setup(ef_app *app) { (void)ef_gpio_mode(PIN_LED, EF_GPIO_OUTPUT); ef_app_log(app, \"%s\", __FILE__); }
void ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }
")
file(WRITE "${WORK_DIR}/app/CMakeLists.txt" "cmake_minimum_required(VERSION 3.20)
project(app C)
include(${FIRMWARE_DIR}/cmake/espforge_host.cmake)
espforge_host_image(app SOURCES src/main.c INCLUDE_DIRS \${CMAKE_CURRENT_SOURCE_DIR} PROJECT_NAME \"x\" VERSION \"1.0.0\" CHIP \"esp32c3\")
")

# The same sources at another place.
file(COPY "${WORK_DIR}/app/" DESTINATION "${WORK_DIR}/elsewhere")

function(build source binary generator)
  execute_process(COMMAND ${CMAKE_COMMAND} -S "${WORK_DIR}/${source}" -B "${WORK_DIR}/${binary}" -G "${generator}" ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "configuring ${binary}: ${output}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} --build "${WORK_DIR}/${binary}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "building ${binary}: ${output}")
  endif()
  if(output MATCHES "warning:")
    message(FATAL_ERROR "warnings in ${binary}: ${output}")
  endif()
  file(SHA256 "${WORK_DIR}/${binary}/app.efi" hash)
  set(hash_${binary} ${hash} PARENT_SCOPE)
endfunction()

build(app make_a "Unix Makefiles")
build(elsewhere make_b "Unix Makefiles" -DESPFORGE_AGENT_LIBRARY=${AGENT_LIBRARY} -DESPFORGE_MKIMAGE=${MKIMAGE})
if(NOT hash_make_a STREQUAL hash_make_b)
  message(FATAL_ERROR "two builds of the same sources differ: ${hash_make_a} ${hash_make_b}")
endif()
find_program(NINJA ninja)
if(NINJA)
  build(app ninja_a "Ninja" -DESPFORGE_AGENT_LIBRARY=${AGENT_LIBRARY} -DESPFORGE_MKIMAGE=${MKIMAGE})
  if(NOT hash_make_a STREQUAL hash_ninja_a)
    message(FATAL_ERROR "Ninja and Make give different images")
  endif()
endif()

# A date of the sources becomes part of the image; a version that is none is an error.
set(ENV{SOURCE_DATE_EPOCH} 1700000000)
build(app dated "Unix Makefiles" -DESPFORGE_AGENT_LIBRARY=${AGENT_LIBRARY} -DESPFORGE_MKIMAGE=${MKIMAGE})
if(hash_make_a STREQUAL hash_dated)
  message(FATAL_ERROR "SOURCE_DATE_EPOCH did not reach the image")
endif()
execute_process(COMMAND "${MKIMAGE}" --elf "${WORK_DIR}/make_a/app.elf" --out "${WORK_DIR}/bad.efi" --project x --version 1.0 --chip esp32c3
  RESULT_VARIABLE result ERROR_VARIABLE output)
if(result EQUAL 0 OR EXISTS "${WORK_DIR}/bad.efi")
  message(FATAL_ERROR "version 1.0 was taken")
endif()
execute_process(COMMAND "${MKIMAGE}" --elf "${WORK_DIR}/app/src/main.c" --out "${WORK_DIR}/bad.efi" --project x --version 1.0.0 --chip esp32c3
  RESULT_VARIABLE result ERROR_VARIABLE output)
if(result EQUAL 0 OR EXISTS "${WORK_DIR}/bad.efi")
  message(FATAL_ERROR "a text file was taken for an executable")
endif()
message("the same image from Make, Ninja, two places and a prebuilt agent: ${hash_make_a}")
