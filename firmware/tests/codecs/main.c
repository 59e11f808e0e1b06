#include <psa/crypto.h>

#include "suites.h"

int main(void)
{
    if (psa_crypto_init() != PSA_SUCCESS) return 1;
    const int failed = run_text_tests() + run_semver_tests() + run_json_tests() + run_cbor_tests() + run_manifest_tests() + run_command_tests();
    return failed == 0 ? 0 : 1;
}
