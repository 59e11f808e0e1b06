/* A room: it loses heat to the air outside, which warms and cools with the day, and a thermostat heats it in steps. The same times give the same
 * values. */
#include "measure.h"

#include <math.h>

enum { STEP_MS = 1000, DAY_S = 86400, CATCH_UP_STEPS = 3600 };

#define PI 3.14159265358979323846
#define LOSS_PER_S (1.0 / 5400.0) /* the room follows the air outside with a time constant of an hour and a half */
#define HEATER_C_PER_S (1.0 / 240.0)
#define HEAT_BELOW_C 20.5
#define HEAT_UNTIL_C 21.5

static struct {
    int64_t next_ms;
    int64_t second; /* of the model's time */
    double room_c, water_g; /* water in a cubic metre of air */
    bool heats, has_begun;
} room;

/* Magnus: grams of water a cubic metre of air can hold. */
static double saturation_g(double celsius)
{
    return 216.7 * 6.112 * exp(17.62 * celsius / (243.12 + celsius)) / (273.15 + celsius);
}

static double outside_c(int64_t second)
{
    return 8.0 + 5.0 * sin(2.0 * PI * (double)(second % DAY_S) / DAY_S - PI / 2.0);
}

static void step(void)
{
    double outside = outside_c(room.second);
    if (room.room_c < HEAT_BELOW_C)
        room.heats = true;
    if (room.room_c > HEAT_UNTIL_C)
        room.heats = false;
    room.room_c += (outside - room.room_c) * LOSS_PER_S + (room.heats ? HEATER_C_PER_S : 0.0);
    room.water_g += (0.75 * saturation_g(outside) + 1.5 - room.water_g) * LOSS_PER_S / 2.0; /* fresh air, and somebody who breathes */
    room.second++;
}

ef_status measure_begin(void)
{
    room.room_c = 19.0;
    room.water_g = 7.5;
    room.second = 0;
    room.heats = room.has_begun = false;
    return EF_OK;
}

static double rounded(double value, double unit)
{
    return floor(value / unit + 0.5) * unit;
}

ef_status measure(int64_t now_ms, reading *out)
{
    if (!room.has_begun)
        room.next_ms = now_ms;
    if (room.has_begun && now_ms < room.next_ms)
        return EF_AGAIN;
    room.has_begun = true;
    for (int i = 0; i < CATCH_UP_STEPS && room.next_ms <= now_ms; i++, room.next_ms += STEP_MS)
        step();
    if (room.next_ms <= now_ms)
        room.next_ms = now_ms + STEP_MS;
    double humidity = 100.0 * room.water_g / saturation_g(room.room_c);
    out->temperature_c = rounded(room.room_c, 0.0625); /* as a DS18B20 says it; a power of two, so that nothing is lost in writing it */
    out->humidity_percent = rounded(humidity > 100.0 ? 100.0 : humidity, 0.5);
    out->supply_v = rounded(3.3 - (room.heats ? 0.03125 : 0.0), 0.015625);
    return EF_OK;
}
