/* The room of apps/sensor: the same every time, and like a room. */
#include "measure.h"
#include "suites.h"

static void a_day_in_the_room_is_plausible_and_the_same_twice(void **state)
{
    (void)state;
    static double first[1440];
    double lowest = 100, highest = -100;
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(measure_begin(), EF_OK);
        for (int minute = 0; minute < 1440; minute++) {
            reading r;
            assert_int_equal(measure((int64_t)minute * 60000 + 5, &r), EF_OK);
            assert_int_equal(measure((int64_t)minute * 60000 + 6, &r), EF_AGAIN);
            if (pass == 0)
                first[minute] = r.temperature_c;
            assert_true(first[minute] == r.temperature_c);
            assert_true(r.humidity_percent > 20 && r.humidity_percent <= 100);
            assert_true(r.supply_v > 3.0 && r.supply_v < 3.4);
            lowest = r.temperature_c < lowest ? r.temperature_c : lowest;
            highest = r.temperature_c > highest ? r.temperature_c : highest;
        }
    }
    assert_true(lowest > 18 && highest < 22.5 && highest - lowest > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_day_in_the_room_is_plausible_and_the_same_twice)};
    return cmocka_run_group_tests_name("sensor", tests, NULL, NULL);
}
