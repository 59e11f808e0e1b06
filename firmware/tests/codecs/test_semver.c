#include <string.h>

#include "espforge/ef_codec.h"
#include "suites.h"
#include "vectors.h"

static void versions_compare_as_the_vectors_say(void **state)
{
    (void)state;
    static vector v;
    FILE *file = vectors_open("semver.vec");
    assert_non_null(file);
    size_t cases = 0;
    while (vectors_next(file, &v)) {
        const char *a = vector_text(&v, "a");
        const char *b = vector_text(&v, "b");
        int order = 99;
        int mirrored = 99;
        const ef_status status = ef_semver_compare(a, b, &order);
        assert_int_equal(ef_semver_compare(b, a, &mirrored), status);
        const char *got = status != EF_OK ? "invalid" : order < 0 ? "less" : order > 0 ? "greater" : "equal";
        if (strcmp(got, vector_text(&v, "expect")) != 0) fail_msg("%s: %s", vector_text(&v, "name"), got);
        assert_int_equal(mirrored, -order);
        assert_int_equal(status == EF_OK, ef_semver_valid(a) && ef_semver_valid(b));
        cases++;
    }
    (void)fclose(file);
    assert_true(cases >= 100);
}

static void what_a_line_of_text_cannot_hold_is_refused_too(void **state)
{
    (void)state;
    int order;
    assert_false(ef_semver_valid(""));
    assert_false(ef_semver_valid(NULL));
    assert_false(ef_semver_valid("1.2.3 "));
    assert_false(ef_semver_valid(" 1.2.3"));
    assert_false(ef_semver_valid("1.2.3\n"));
    assert_int_equal(ef_semver_compare("1.0.0", NULL, &order), EF_BAD_ARGUMENT);
    assert_int_equal(ef_semver_compare("1.0.0", "1.0.0", NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_semver_compare("", "1.0.0", &order), EF_MALFORMED);
}

int run_semver_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_compare_as_the_vectors_say),
        cmocka_unit_test(what_a_line_of_text_cannot_hold_is_refused_too),
    };
    return cmocka_run_group_tests_name("semver", tests, NULL, NULL);
}
