#ifndef EF_TEST_SUITES_H
#define EF_TEST_SUITES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Each runs its tests and returns how many failed. */
int run_text_tests(void);
int run_semver_tests(void);
int run_json_tests(void);
int run_cbor_tests(void);
int run_manifest_tests(void);
int run_command_tests(void);

#endif
