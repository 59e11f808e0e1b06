using System.Buffers;
using System.Text;
using System.Text.Json;
using EspForge.Boards;
using EspForge.PinRules.Booting;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests;

public sealed class BootTheatreTests
{
    public static TheoryData<string> Chips => [.. BoardCatalog.Default.ChipIds];

    [Theory]
    [MemberData(nameof(Chips))]
    public void An_empty_plan_starts_and_can_be_flashed(string chip)
    {
        var scenes = BootTheatre.Play(new PinPlan { Chip = chip });
        Assert.Equal(Enum.GetValues<BootScenario>(), scenes.Select(scene => scene.Scenario));
        Assert.All(scenes, scene => Assert.True(scene.Passes, scene.Sentence));
        Assert.All(scenes.Take(3), scene => Assert.Equal(BootMode.SpiBoot, scene.Mode));
        Assert.Equal(BootMode.JointDownload, scenes[3].Mode);
        Assert.All(scenes, scene => Assert.NotEmpty(scene.Straps));
        if (scenes[0].VddSpiMillivolts is { } millivolts)
            Assert.Equal(3300, millivolts);
    }

    [Fact]
    public void A_card_on_MTDI_fails_every_start_by_name_with_the_voltage_it_selects()
    {
        var scenes = BootTheatre.Play(Plans.OfChip("esp32", "12 sdmmc d2"));
        var cold = scenes[0];
        Assert.False(cold.Passes);
        Assert.Equal((12, 1800), (cold.Gpio, cold.VddSpiMillivolts));
        Assert.Contains("Cold start", cold.Sentence, StringComparison.Ordinal);
        Assert.NotNull(cold.Repair);
        Assert.Equal(PinLevel.High, cold.Straps.Single(strap => strap.Gpio == 12).Level);
        Assert.True(cold.Straps.Single(strap => strap.Gpio == 12).Fails);

        var forced = BootTheatre.Play(Plans.OfChip("esp32", "12 sdmmc d2") with { Efuses = ["XPD_SDIO_FORCE"] });
        Assert.All(forced, scene => Assert.True(scene.Passes, scene.Sentence));
    }

    [Fact]
    public void A_push_pull_output_fails_only_once_it_runs()
    {
        var scenes = BootTheatre.Play(Plans.OfChip("esp32s3", "45 camera pclk"));
        Assert.True(scenes[(int)BootScenario.ColdStart].Passes);
        Assert.False(scenes[(int)BootScenario.ResetWhileRunning].Passes);
        Assert.Null(scenes[(int)BootScenario.ResetWhileRunning].VddSpiMillivolts);
        Assert.Equal(BootMode.Undefined, BootTheatre.Play(Plans.OfChip("esp32c3", "9 spi2 miso"))[(int)BootScenario.ResetWhileRunning].Mode);
    }

    [Fact]
    public void A_rail_that_keeps_its_charge_fails_the_brown_out_alone()
    {
        var scenes = BootTheatre.Play(Plans.OfChip("esp32", "12 gps en"));
        Assert.Equal([BootScenario.BrownOut], scenes.Where(scene => !scene.Passes).Select(scene => scene.Scenario));
    }

    [Fact]
    public void A_pull_against_the_gate_makes_the_download_an_invalid_mode()
    {
        var plan = Plans.OfChip("esp32c3", "8 led") with { ExternalPull = new Dictionary<int, PinPull> { [8] = PinPull.Down } };
        var scenes = BootTheatre.Play(plan);
        Assert.True(scenes[(int)BootScenario.ColdStart].Passes);
        var download = scenes[(int)BootScenario.UartDownload];
        Assert.Equal((false, BootMode.Invalid, BootMode.JointDownload, 8), (download.Passes, download.Mode, download.WantedMode, download.Gpio));
        Assert.True(scenes[(int)BootScenario.UsbDownload].Passes);
        Assert.All(BootTheatre.Play(download.Repair!.Apply(plan)), scene => Assert.True(scene.Passes, scene.Sentence));
    }

    [Fact]
    public void A_part_on_the_USB_lines_fails_the_download_over_USB()
    {
        var usb = BootTheatre.Play(Plans.OfChip("esp32c3", "18 led"))[(int)BootScenario.UsbDownload];
        Assert.Equal((false, 18, BootMode.NotAvailable), (usb.Passes, usb.Gpio, usb.Mode));
        Assert.True(BootTheatre.Play(Plans.OfChip("esp32", "18 led"))[(int)BootScenario.UsbDownload].Passes);
    }

    [Fact]
    public void A_low_MTDO_silences_the_ROM_of_an_ESP32()
    {
        var plan = Plans.OfChip("esp32", "15 led") with { ExternalPull = new Dictionary<int, PinPull> { [15] = PinPull.Down } };
        Assert.All(BootTheatre.Play(plan), scene => Assert.False(scene.RomLog));
        Assert.All(BootTheatre.Play(Plans.OfChip("esp32")), scene => Assert.True(scene.RomLog));
    }

    [Fact]
    public void The_theatre_and_the_strapping_rule_never_disagree() => Prop.ForAll(PlanGen.Plan.ToArbitrary(), plan =>
    {
        var scenes = BootTheatre.Play(plan);
        var failing = scenes.SelectMany(scene => scene.Straps.Where(strap => strap.Fails).Select(strap => (strap.Gpio, scene.Title))).GroupBy(pair => pair.Gpio).ToDictionary(group => group.Key, group => group.First().Title);
        foreach (var finding in PinChecker.Check(plan).Findings.Where(finding => finding.Class == "strapping"))
        {
            var named = failing.Remove(finding.Gpios[0], out var title);
            if (named != Titles.Any(any => finding.Message.Contains(any + ":", StringComparison.Ordinal)) || named && !finding.Message.Contains(title + ":", StringComparison.Ordinal))
                return false;
            if (!named && finding.Severity != PinSeverity.Info)
                return false;
        }

        // What is left fails by a resistor on a pin that no use of the plan has.
        return failing.Keys.All(gpio => plan.Uses.All(use => use.Gpio != gpio) && plan.ExternalPull.ContainsKey(gpio));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_JSON_is_the_same_every_time_and_lists_every_scene()
    {
        var plan = Plans.OfBoard("esp32-cam", "12 sdmmc d2", "2 sdmmc d0");
        Assert.Equal(Json(plan), Json(plan));
        using var document = JsonDocument.Parse(Json(plan));
        Assert.Equal(
            ["cold-start", "reset-while-running", "brown-out", "uart-download", "usb-download"],
            document.RootElement.GetProperty("scenes").EnumerateArray().Select(scene => scene.GetProperty("scenario").GetString()));
    }

    private static readonly string[] Titles = [.. Enum.GetValues<BootScenario>().Select(BootWords.Title)];

    private static string Json(PinPlan plan)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
            BootTheatreWriter.Write(BootTheatre.Play(plan), json);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [Fact]
    public void A_resistor_of_the_board_is_the_level_of_its_strap_until_something_drives_it()
    {
        var board = BoardReader.Read("""
            {
              "schemaVersion": 1, "id": "mine", "name": "Mine", "vendor": "Me", "chip": "esp32c3", "module": "ESP32-C3-MINI-1", "flashBytes": 4194304, "psramBytes": 0, "psramMode": null,
              "headers": [], "exposedGpios": [4, 9], "pulls": [{ "gpio": 9, "pull": "down", "source": "my schematic, R3" }]
            }
            """u8);
        Assert.True(board.IsSuccess, board.Fault?.Message);
        var catalog = BoardCatalog.Default.With(board.Value).Value;
        var scene = BootTheatre.Play(Plans.OfBoard("mine", "9 led"), catalog)[0];
        Assert.Equal((BootScenario.ColdStart, false, 9), (scene.Scenario, scene.Passes, scene.Gpio));
        Assert.Contains("a resistor of the board pulls it low", scene.Sentence, StringComparison.Ordinal);
        Assert.Equal(PinPull.Down, scene.Straps.Single(strap => strap.Gpio == 9).ExternalPull);
        Assert.Contains(PinChecker.Check(Plans.OfBoard("mine", "9 led"), catalog).Findings, finding => finding is { Class: "strapping", Severity: PinSeverity.Warning });
        Assert.True(BootTheatre.Play(Plans.OfBoard("mine", "9 led") with { ExternalPull = new Dictionary<int, PinPull> { [9] = PinPull.Up } }, catalog)[0].Passes);
    }

    [Fact]
    public void A_pull_that_the_board_fits_needs_none_in_the_pad()
    {
        Assert.DoesNotContain(PinChecker.Check(Plans.OfBoard("m5stack-atom-lite", "39 button - in up")).Findings, finding => finding.Class == "no-pull");
        Assert.Contains(PinChecker.Check(Plans.OfBoard("m5stack-atom-lite", "39 button - in down")).Findings, finding => finding.Class == "no-pull");
    }
}
