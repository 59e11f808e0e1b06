using System.Text;
using System.Text.Json;
using EspForge.Boards;

namespace EspForge.Cli;

/// <summary>A board as text for people.</summary>
internal static class BoardText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteJson(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    public static void WriteBoard(TextWriter output, Board board)
    {
        output.WriteLine($"{board.Name} ({board.Id}), {board.Vendor}");
        output.WriteLine($"  chip      {board.Chip.Name}, module {board.Module}");
        output.WriteLine($"  memory    {board.FlashBytes >> 20} MB flash, {(board.PsramBytes == 0 ? "no PSRAM" : $"{board.PsramBytes >> 20} MB {board.PsramMode?.ToString().ToLowerInvariant()} PSRAM")}");
        if (board.Usb is { } usb)
            output.WriteLine($"  usb       {usb.Connector}, bridge: {usb.Bridge}");
        output.WriteLine($"  usable    {string.Join(' ', board.UsableGpios)}");
        if (board.ReservedGpios.Count > 0)
            output.WriteLine($"  reserved  {string.Join(", ", board.ReservedGpios.Select(reserved => $"{reserved.Gpio} {reserved.Reason}"))}");
        if (board.Onboard.Count > 0)
            output.WriteLine($"  on board  {string.Join(", ", board.Onboard.Select(part => $"{part.Gpio} {part.Function}{(part.Name is null ? "" : " " + part.Name)}"))}");
        foreach (var header in board.Headers)
            output.WriteLine($"  {header.Id,-9} {string.Join(' ', header.Pins.Select(pin => pin.Gpio is { } gpio ? $"{pin.Label}({gpio})" : pin.Label))}");
        if (board.Headers.Count > 0 && board.HeaderOrder != HeaderOrder.Documented)
            output.WriteLine("            the order is from a picture: check it before relying on it");
        foreach (var note in board.Notes)
            output.WriteLine($"  note      {note}");
    }
}
