// Reads an SHT3x over I2C every five seconds, prints what it read, and switches the LED on while it is too warm. No library is needed.
#include <Arduino.h>
#include <Wire.h>

#include "pins.h"

namespace {

constexpr uint8_t kAddress = 0x44;
constexpr uint32_t kPeriodMs = 5000;
constexpr uint32_t kConversionMs = 16;
constexpr float kTooWarmCelsius = 26.0f;

struct Climate {
    float celsius;
    float humidityPercent;
};

// CRC-8 of the data sheet: polynomial 0x31, initial value 0xFF.
uint8_t checksum(const uint8_t *bytes)
{
    uint8_t crc = 0xFF;
    for (int i = 0; i < 2; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = static_cast<uint8_t>((crc & 0x80) ? (crc << 1) ^ 0x31 : crc << 1);
    }
    return crc;
}

bool readClimate(Climate &climate)
{
    // One measurement, high repeatability, without clock stretching.
    Wire.beginTransmission(kAddress);
    Wire.write(0x24);
    Wire.write(0x00);
    if (Wire.endTransmission() != 0)
        return false;
    delay(kConversionMs);

    uint8_t bytes[6];
    if (Wire.requestFrom(static_cast<int>(kAddress), static_cast<int>(sizeof bytes)) != static_cast<int>(sizeof bytes))
        return false;
    for (uint8_t &byte : bytes)
        byte = static_cast<uint8_t>(Wire.read());
    if (checksum(bytes) != bytes[2] || checksum(bytes + 3) != bytes[5])
        return false;

    climate.celsius = -45.0f + 175.0f * static_cast<float>(bytes[0] << 8 | bytes[1]) / 65535.0f;
    climate.humidityPercent = 100.0f * static_cast<float>(bytes[3] << 8 | bytes[4]) / 65535.0f;
    return true;
}

} // namespace

void setup()
{
    Serial.begin(115200);
    pinMode(PIN_LED, OUTPUT);
    Wire.begin(PIN_I2C0_SDA, PIN_I2C0_SCL);
}

void loop()
{
    Climate climate;
    if (readClimate(climate)) {
        Serial.printf("%.1f C, %.0f %%\n", climate.celsius, climate.humidityPercent);
        digitalWrite(PIN_LED, climate.celsius > kTooWarmCelsius ? HIGH : LOW);
    } else {
        Serial.println("The sensor does not answer: look at the wires to SDA and SCL.");
    }
    delay(kPeriodMs);
}
