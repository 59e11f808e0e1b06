/* Attacks by the network and by the host's answers; see test_attacks.c. */
#include <stdio.h>
#include <string.h>

#include "attacks.h"
#include "suites.h"

void endless_image(void)
{
    host.image_is_endless = true;
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, offer_has_ended);
    assert_true(host.image_bytes <= host.image_len + 1500);
}

void endless_answer(void)
{
    host.answers_are_endless = true;
    wait_ms(10 * 60000);
    assert_true(is_idle(&d));
    host.answers_are_endless = false;
}

static bool is_downloading(const device *x)
{
    return x->agent.state == EF_STATE_DOWNLOADING;
}

void slow_image(void)
{
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, is_downloading);
    host.trickle_ms = 1000; /* never silent, never done */
    wait_ms(7 * 60000);
    host.trickle_ms = 0; /* the report may pass */
}

void slow_answer(void)
{
    host.trickle_ms = 5000;
    wait_ms(10 * 60000);
    assert_true(is_idle(&d));
    host.trickle_ms = 0;
}

void silent_image(void)
{
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, is_downloading);
    host.trickle_ms = 1000000000;
    wait_ms(7 * 60000);
    host.trickle_ms = 0;
}

void other_image(void)
{
    fake_host_offer_version(&host, FIRST);
    (void)make_image(host.image, "6.6.6", "esp32c3", 9000); /* of the same length */
}

void other_image_of_other_length(void)
{
    fake_host_offer_version(&host, FIRST);
    host.image_len = make_image(host.image, "6.6.6", "esp32c3", 9001);
}

static bool has_a_sector(const device *x)
{
    return x->agent.download.offset >= EF_SECTOR_BYTES;
}

/* The first part of the image, then the rest of another one: in the middle of a resumed download, and again when it starts over. */
void half_and_half(void)
{
    host.image_cut = 6000;
    host.image_cuts_left = 1;
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, has_a_sector);
    (void)make_image(host.image, "6.6.6", "esp32c3", 9000);
}

void other_range(void)
{
    host.image_cut = 6000;
    host.image_ignores_range = true;
    fake_host_offer_version(&host, FIRST);
}

void other_tag(void)
{
    host.image_has_other_tag = true;
    fake_host_offer_version(&host, FIRST);
}

void flipped_bit(void)
{
    host.image_is_flipped = true;
    fake_host_offer_version(&host, FIRST);
}

void header_of_other_chip(void)
{
    host.image_len = make_image(host.image, FIRST, "esp32s3", 9000);
    fake_host_offer_version(&host, FIRST); /* signed like that, by mistake */
}

void freeze_by_silence(void)
{
    wait_ms(2 * HOUR); /* there is a newer release, and the host says 204 */
}

void freeze_by_the_old_offer(void)
{
    have_taken(FIRST, 0);
    host.only_offers_this = true;
    host.downloads = 0;
    const uint32_t reports = host.report_count, polls = host.polls;
    wait_ms(2 * 60000);
    assert_true(host.polls > polls + 60);
    assert_int_equal(host.report_count, reports);
    host.only_offers_this = false;
    host.has_offer = false;
}

void freeze_until_it_expired(void)
{
    release held_back = good_release(&host, FIRST);
    held_back.expires_at_ms = host.utc_ms + DAY;
    host.utc_ms += 2 * DAY;
    wait_ms(60000); /* the time is known from every other answer */
    offer(held_back);
}

void clock_set_back(void)
{
    release what = good_release(&host, FIRST);
    what.expires_at_ms = host.utc_ms + DAY;
    host.utc_ms += 2 * DAY;
    wait_ms(60000);
    host.utc_ms -= 2 * DAY + HOUR;
    offer(what);
}

void clock_set_back_over_a_restart(void)
{
    release what = good_release(&host, FIRST);
    what.expires_at_ms = host.utc_ms + DAY;
    host.utc_ms += 2 * DAY;
    wait_ms(60000);
    device_cut(&d);
    host.utc_ms -= 2 * DAY + HOUR;
    offer(what);
}

void no_time(void)
{
    host.says_no_time = true;
    device_destroy(&d); /* a new device, which has never heard a time */
    device_create(&d, &host);
    device_run_until(&d, is_idle);
    fake_host_offer_version(&host, FIRST);
    wait_ms(10 * 60000);
    assert_int_equal(host.downloads, 0);
    host.says_no_time = false;
    host.has_offer = false;
}
