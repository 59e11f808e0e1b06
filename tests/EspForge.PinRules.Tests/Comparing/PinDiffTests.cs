using System.Buffers;
using System.Text.Json;
using EspForge.Boards;
using EspForge.PinRules.Tests.Generating;

namespace EspForge.PinRules.Tests.Comparing;

public sealed class PinDiffTests
{
    private static readonly PinPlan Before = Plans.OfBoard("esp32-devkitc-v4", "21 i2c0 sda", "22 i2c0 scl", "4 relay", "33 button - in up", "13 led", "18 lora nss") with
    {
        Overrides = [new PinOverride("PIN010", [12], "forced by eFuse")],
    };

    [Fact]
    public void Each_change_is_one_sentence()
    {
        var after = Plans.OfBoard("esp32-devkitc-v4", "22 i2c0 scl", "21 i2c0 sda", "6 relay", "33 button - in down", "18 lora nss", "19 fan") with
        {
            Wifi = true,
            Overrides = [new PinOverride("strapping", [12], "forced by eFuse"), new PinOverride("console", [1], "no log in the field")],
        };
        var found = PinDiff.Compare(Before, after);
        Assert.Equal(
            [
                "The use of Wi-Fi is yes now; the plan said none.",
                "relay moves from GPIO4 to GPIO6.",
                "led is gone from GPIO13.",
                "fan is new on GPIO19 (out).",
                "button on GPIO33 is pulled down instead of pulled up.",
                "console on GPIO1 is accepted: \"no log in the field\".",
            ],
            found.Differences.Where(difference => difference.Kind is not (PinDifferenceKind.Appeared or PinDifferenceKind.Gone)).Select(difference => difference.Sentence));
        Assert.True(found.AddsErrors);
        Assert.Contains(found.Differences, difference => difference is { Kind: PinDifferenceKind.Appeared, Finding.Class: "flash" });
    }

    [Fact]
    public void Frequency_resolution_drive_memory_and_hold_are_compared()
    {
        static PinPlan Plan(PinUse use) => new() { Board = "esp32-devkitc-v4", Uses = [use] };
        var plain = new PinUse(4, "ledc0");
        var full = plain with { FrequencyHz = 5000, ResolutionBits = 10, DriveMilliamps = 20, RmtSymbols = 64, Hold = true };
        var found = PinDiff.Compare(Plan(plain with { FrequencyHz = 1000, Hold = false }), Plan(full)).Differences[0];
        Assert.Equal(PinDifferenceKind.Changed, found.Kind);
        Assert.Equal("ledc0 on GPIO4 is at 5000 Hz instead of 1000 Hz and with 10 bits instead of no said bits and driven with 20 mA instead of no said mA and given 64 RMT symbols instead of no said RMT symbols and held in deep sleep instead of let go in deep sleep.", found.Sentence);
        Assert.StartsWith("ledc0 is new on GPIO4 (out, 5000 Hz, 10 bits, 20 mA, 64 RMT symbols, held in deep sleep)", PinDiff.Compare(Plan(full) with { Uses = [] }, Plan(full)).Differences[0].Sentence, StringComparison.Ordinal);
        Assert.True(PinDiff.Compare(Plan(full), Plan(full with { })).IsSame);
        var buffer = new ArrayBufferWriter<byte>();
        PinComparisonWriter.Write(PinDiff.Compare(Plan(plain), Plan(full)), buffer);
        var use = JsonDocument.Parse(buffer.WrittenMemory).RootElement.GetProperty("differences")[0].GetProperty("newUse");
        Assert.Equal((5000, 10, true), (use.GetProperty("frequencyHz").GetInt32(), use.GetProperty("resolutionBits").GetInt32(), use.GetProperty("hold").GetBoolean()));
    }

    [Fact]
    public void Order_words_and_what_is_implied_are_no_difference()
    {
        var same = Before with
        {
            Uses = [.. Before.Uses.Reverse().Select(use => use with { Function = use.Function.ToUpperInvariant(), Direction = PinFunction.Read(use).Direction, Pull = use.Pull ?? PinPull.None })],
            Overrides = [new PinOverride("strapping", [12], "forced by eFuse")],
        };
        Assert.True(PinDiff.Compare(Before, same).IsSame);
        foreach (var board in BoardCatalog.Default.BoardIds)
            Assert.True(PinDiff.Compare(SamplePlans.OfBoard(board), SamplePlans.OfBoard(board)).IsSame);
    }

    [Fact]
    public void There_and_back_are_mirror_images()
    {
        var after = Before with { Uses = [.. Before.Uses.Skip(2), new PinUse(25, "relay")] };
        var there = PinDiff.Compare(Before, after);
        var back = PinDiff.Compare(after, Before);
        Assert.Equal(there.Differences.Count(difference => difference.Kind == PinDifferenceKind.Added), back.Differences.Count(difference => difference.Kind == PinDifferenceKind.Removed));
        Assert.Equal(there.Differences.Count(difference => difference.Kind == PinDifferenceKind.Appeared), back.Differences.Count(difference => difference.Kind == PinDifferenceKind.Gone));
    }

    [Fact]
    public void Another_reason_is_shown()
    {
        var found = PinDiff.Compare(Before, Before with { Overrides = [new PinOverride("strapping", [12], "tested for a year")] });
        Assert.Equal([PinDifferenceKind.NoLongerAccepted, PinDifferenceKind.Accepted], found.Differences.Select(difference => difference.Kind));
    }

    [Fact]
    public void As_JSON_it_has_kind_sentence_and_both_uses()
    {
        var buffer = new ArrayBufferWriter<byte>();
        PinComparisonWriter.Write(PinDiff.Compare(Before, Before with { Board = "nodemcu-32s", Uses = [.. Before.Uses.Select(use => use.Function is "relay" ? use with { Gpio = 25 } : use)] }), buffer);
        var json = JsonDocument.Parse(buffer.WrittenMemory).RootElement;
        Assert.False(json.GetProperty("same").GetBoolean());
        var moved = json.GetProperty("differences").EnumerateArray().Single(difference => difference.GetProperty("kind").GetString() is "moved");
        Assert.Equal((4, 25), (moved.GetProperty("oldUse").GetProperty("gpio").GetInt32(), moved.GetProperty("newUse").GetProperty("gpio").GetInt32()));
        Assert.Contains(json.GetProperty("differences").EnumerateArray(), difference => difference.GetProperty("kind").GetString() is "hardware" && difference.GetProperty("to").GetString() is "nodemcu-32s");
    }
}
