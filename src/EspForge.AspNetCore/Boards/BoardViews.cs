using EspForge.Boards;

namespace EspForge.AspNetCore;

/// <summary>A board in a list.</summary>
internal record BoardSummaryView(
    string Id, string Name, string Vendor, string Chip, string ChipName, string Module, long FlashBytes, long PsramBytes, string HeaderOrder, bool Own)
{
    public static BoardSummaryView Of(Board board, bool own) => new(
        board.Id, board.Name, board.Vendor, board.ChipId, board.Chip.Name, board.Module, board.FlashBytes, board.PsramBytes, board.HeaderOrder switch
        {
            EspForge.Boards.HeaderOrder.Documented => "documented",
            EspForge.Boards.HeaderOrder.Recalled => "recalled",
            _ => "unknown",
        }, own);
}

/// <summary>A board with its headers and pins.</summary>
internal sealed record BoardView(
    string Id, string Name, string Vendor, string Chip, string ChipName, string Module, long FlashBytes, long PsramBytes, string HeaderOrder, bool Own,
    string? Orientation, IReadOnlyList<HeaderView> Headers, IReadOnlyList<PinFactsView> Pins, IReadOnlyList<OnboardView> Onboard, IReadOnlyList<string> Notes)
    : BoardSummaryView(Id, Name, Vendor, Chip, ChipName, Module, FlashBytes, PsramBytes, HeaderOrder, Own)
{
    public static new BoardView Of(Board board, bool own)
    {
        var summary = BoardSummaryView.Of(board, own);
        var reserved = board.ReservedGpios.DistinctBy(r => r.Gpio).ToDictionary(r => r.Gpio, r => r.Reason);
        return new(
            summary.Id, summary.Name, summary.Vendor, summary.Chip, summary.ChipName, summary.Module, summary.FlashBytes, summary.PsramBytes, summary.HeaderOrder, own,
            board.Orientation,
            [.. board.Headers.Select(h => new HeaderView(h.Id, h.Side, [.. h.Pins.Select(p => new HeaderPinView(p.Pos, p.Label, Kind(p.Kind), p.Gpio))]))],
            [.. board.Chip.Pins.Where(p => p.Exists).Select(p => PinFactsView.Of(p, board.Chip, board.ExposedGpios.Contains(p.Gpio), reserved.GetValueOrDefault(p.Gpio)))],
            [.. board.Onboard.Select(part => new OnboardView(part.Function, part.Gpio, part.Name))],
            board.Notes);
    }

    private static string Kind(HeaderPinKind kind) => kind switch
    {
        HeaderPinKind.Gpio => "gpio",
        HeaderPinKind.Power => "power",
        HeaderPinKind.Ground => "gnd",
        HeaderPinKind.Reset => "reset",
        HeaderPinKind.NotConnected => "nc",
        _ => "other",
    };
}

/// <summary>A row of header pins.</summary>
internal sealed record HeaderView(string Id, string? Side, IReadOnlyList<HeaderPinView> Pins);

/// <summary>One pin of a header.</summary>
internal sealed record HeaderPinView(int Position, string Label, string Kind, int? Gpio);

/// <summary>A part soldered to a pin.</summary>
internal sealed record OnboardView(string Function, int Gpio, string? Name);

/// <summary>What a pin can do.</summary>
internal sealed record PinFactsView(
    int Gpio, bool Exposed, string? Reserved, bool Input, bool Output, bool PullUp, bool PullDown, IReadOnlyList<string> Adc, int? Touch, int? Dac, int? Rtc,
    string? Strapping, IReadOnlyList<string> Roles)
{
    public static PinFactsView Of(Pin pin, Chip chip, bool exposed, string? reserved) => new(
        pin.Gpio, exposed, reserved, pin.Input, pin.Output, pin.PullUp, pin.PullDown, pin.Adc, pin.Touch, pin.Dac, pin.Rtc,
        chip.Strapping.FirstOrDefault(s => s.Gpio == pin.Gpio)?.Role, pin.Roles);
}

/// <summary>A chip with its pins.</summary>
internal sealed record ChipView(string Id, string Name, string Architecture, int Cores, bool Wifi, bool Ble, IReadOnlyList<PinFactsView> Pins)
{
    // Radios by the datasheets' front pages: ESP32-H2 and ESP32-P4 have no Wi-Fi, ESP32-S2 and ESP32-P4 no Bluetooth LE.
    private static readonly string[] WithoutWifi = ["esp32h2", "esp32p4"];
    private static readonly string[] WithoutBle = ["esp32s2", "esp32p4"];

    public static ChipView Of(Chip chip) => new(
        chip.Id, chip.Name, chip.Architecture, chip.CpuCores, !WithoutWifi.Contains(chip.Id, StringComparer.Ordinal), !WithoutBle.Contains(chip.Id, StringComparer.Ordinal),
        [.. chip.Pins.Where(p => p.Exists).Select(p => PinFactsView.Of(p, chip, exposed: true, reserved: null))]);
}
