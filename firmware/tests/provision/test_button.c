#include "../codecs/suites.h"
#include "espforge/ef_button.h"

static ef_button b;
static int64_t now_ms;
static ef_button_event seen[64];
static size_t seen_count;

static int set_up(void **state)
{
    (void)state;
    now_ms = 5000;
    seen_count = 0;
    ef_button_init(&b, now_ms);
    return 0;
}

static void hold_in(bool pressed, int64_t ms, int64_t step_ms)
{
    for (int64_t until = now_ms + ms; now_ms < until; now_ms += step_ms) {
        ef_button_event event = ef_button_step(&b, pressed, now_ms);
        if (event != EF_BUTTON_NONE)
            seen[seen_count++] = event;
    }
}

static void hold(bool pressed, int64_t ms)
{
    hold_in(pressed, ms, 10);
}

static void a_short_press_is_one(void **state)
{
    (void)state;
    hold(false, 200);
    hold(true, 300);
    hold(false, 200);
    assert_int_equal(seen_count, 1);
    assert_int_equal(seen[0], EF_BUTTON_SHORT);
    hold(true, 1900);
    hold(false, 200);
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[1], EF_BUTTON_SHORT);
}

static void two_seconds_warn_and_letting_go_cancels(void **state)
{
    (void)state;
    hold(false, 200);
    hold(true, 1990);
    assert_int_equal(seen_count, 0);
    hold(true, 100);
    assert_int_equal(seen_count, 1);
    assert_int_equal(seen[0], EF_BUTTON_WARN);
    hold(true, 7000);
    hold(false, 200);
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[1], EF_BUTTON_CANCELLED);
}

static void ten_seconds_reset_once(void **state)
{
    (void)state;
    hold(false, 200);
    hold(true, 9990);
    assert_int_equal(seen_count, 1);
    hold(true, 60000);
    hold(false, 200);
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[1], EF_BUTTON_RESET);
    hold(true, 100);
    hold(false, 100);
    assert_int_equal(seen[2], EF_BUTTON_SHORT);
}

static void bouncing_is_neither_a_press_nor_a_release(void **state)
{
    (void)state;
    hold(false, 200);
    for (int i = 0; i < 100; i++) {
        hold(true, 20);
        hold(false, 20);
    }
    assert_int_equal(seen_count, 0);
    hold(true, 1000);
    for (int i = 0; i < 9; i++) {
        hold(false, 30); /* a dirty contact does not break a long press */
        hold(true, 1000);
    }
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[0], EF_BUTTON_WARN);
    assert_int_equal(seen[1], EF_BUTTON_RESET);
}

static void one_that_is_stuck_from_the_start_resets_nothing(void **state)
{
    (void)state;
    hold(true, 60000);
    hold(false, 200);
    assert_int_equal(seen_count, 0);
    hold(true, 300);
    hold(false, 100);
    assert_int_equal(seen_count, 1);
}

static void time_in_which_nobody_looked_is_not_held(void **state)
{
    (void)state;
    hold(false, 200);
    hold(true, 500);
    now_ms += 15000;
    hold(true, 1500);
    assert_int_equal(seen_count, 0);
    hold(true, 600);
    assert_int_equal(seen_count, 1);
    assert_int_equal(seen[0], EF_BUTTON_WARN);
    hold_in(true, 30000, 2000);
    assert_int_equal(seen_count, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(a_short_press_is_one),
        T(two_seconds_warn_and_letting_go_cancels),
        T(ten_seconds_reset_once),
        T(bouncing_is_neither_a_press_nor_a_release),
        T(one_that_is_stuck_from_the_start_resets_nothing),
        T(time_in_which_nobody_looked_is_not_held),
    };
    return cmocka_run_group_tests_name("button", tests, NULL, NULL);
}
