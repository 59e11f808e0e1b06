/* The quality of the connection as a score, and what it does to waiting: on a bad connection a device asks less often, because what it asks
 * is what makes the connection bad for everybody. */
#include "ef_parts.h"

#define GOOD_MS 250  /* an answer within this counts in full */
#define SLOW_MS 5000 /* one that takes this long or longer counts this much: */
#define SLOW_SCORE 30
#define UNHURRIED_SCORE 80u /* from here on nothing is stretched */

/* A quarter of the way to the sample: about eight of a kind decide. */
static void move(ef_quality *quality, int sample)
{
    int delta = sample - quality->score, step = delta / 4;
    if (step == 0 && delta != 0)
        step = delta > 0 ? 1 : -1;
    quality->score = (uint8_t)(quality->score + step);
}

void ef_quality_succeeded(ef_quality *quality, int64_t latency_ms)
{
    int sample = 100;
    if (latency_ms >= SLOW_MS)
        sample = SLOW_SCORE;
    else if (latency_ms > GOOD_MS)
        sample = 100 - (int)((latency_ms - GOOD_MS) * (100 - SLOW_SCORE) / (SLOW_MS - GOOD_MS));
    move(quality, sample);
}

void ef_quality_failed(ef_quality *quality)
{
    move(quality, 0);
}

uint32_t ef_quality_base_ms(uint8_t score, uint32_t base_ms)
{
    if (score >= UNHURRIED_SCORE)
        return base_ms;
    uint64_t stretched = base_ms + (uint64_t)base_ms * (UNHURRIED_SCORE - score) / 20u;
    return stretched > UINT32_MAX ? UINT32_MAX : (uint32_t)stretched;
}

static void heard(ef_agent *a, int64_t latency_ms)
{
    if (latency_ms < 0)
        ef_quality_failed(&a->quality);
    else
        ef_quality_succeeded(&a->quality, latency_ms);
}

static uint32_t stretch(const ef_agent *a, uint32_t base_ms)
{
    return ef_quality_base_ms(a->quality.score, base_ms);
}

static const ef_part part = {.heard = heard, .stretch = stretch};

void ef_quality_use(ef_agent_config *config)
{
    config->parts[EF_PART_QUALITY] = &part;
}
