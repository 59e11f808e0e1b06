using System.Globalization;
using System.Text.Json;

namespace EspForge.Boards;

/// <summary>Reads a board file. The format is <see cref="BoardSchemas.Board"/>; on top of it, every GPIO must exist on the chip and the parts must agree.</summary>
public static class BoardReader
{
    /// <summary>Largest board file accepted, in bytes.</summary>
    public const int MaxBytes = 262_144;

    private static readonly Lazy<SchemaCheck> Schema = new(() =>
    {
        using var document = JsonDocument.Parse(BoardSchemas.Board);
        return new SchemaCheck(document.RootElement.Clone());
    });

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads one board. A fault has the code <c>board-malformed</c> and names the field, such as <c>$.headers[0].pins[3].gpio</c>.</summary>
    /// <param name="json">UTF-8, at most <see cref="MaxBytes"/>.</param>
    /// <param name="catalog">Where its chip is looked up; the default is <see cref="BoardCatalog.Default"/>.</param>
    public static Outcome<Board> Read(ReadOnlySpan<byte> json, BoardCatalog? catalog = null)
    {
        if (json.Length > MaxBytes)
            return Malformed("$", $"is larger than {MaxBytes} bytes");
        Board board;
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Options);
            if (Schema.Value.FirstViolation(document.RootElement) is { } violation)
                return Malformed(violation.Path, violation.Problem);
            board = document.RootElement.Deserialize(CatalogJson.Default.Board)!;
        }
        catch (JsonException error)
        {
            return Malformed(error.Path ?? "$", string.Create(
                CultureInfo.InvariantCulture, $"is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}"));
        }

        var chip = (catalog ?? BoardCatalog.Default).FindChip(board.ChipId);
        if (chip is null)
            return Malformed("$.chip", $"names the unknown chip '{board.ChipId}'; known are {string.Join(", ", (catalog ?? BoardCatalog.Default).ChipIds)}");
        if (FirstDisagreement(board, chip) is { } problem)
            return Malformed(problem.Path, problem.Problem);
        board.Chip = chip;
        return board;
    }

    private static Fault Malformed(string path, string problem) => new("board-malformed", $"{path} {problem}.");

    private static (string Path, string Problem)? FirstDisagreement(Board board, Chip chip)
    {
        foreach (var (path, gpio) in Gpios(board))
        {
            if (chip.FindPin(gpio) is null)
                return (path, $"names GPIO{gpio}, which {chip.Name} does not have");
        }

        for (var h = 0; h < board.Headers.Count; h++)
        {
            for (var p = 0; p < board.Headers[h].Pins.Count; p++)
            {
                var pin = board.Headers[h].Pins[p];
                if (pin.Pos != p + 1)
                    return ($"$.headers[{h}].pins[{p}].pos", $"must be {p + 1}: pins are listed in physical order");
                if (pin.Kind == HeaderPinKind.Gpio != pin.Gpio is not null)
                    return ($"$.headers[{h}].pins[{p}].gpio", "must be given for kind gpio and for no other");
            }
        }

        if (board.PsramMode is null != (board.PsramBytes == 0))
            return ("$.psramMode", "must be null exactly when psramBytes is 0");
        for (var i = 1; i < board.ExposedGpios.Count; i++)
        {
            if (board.ExposedGpios[i] <= board.ExposedGpios[i - 1])
                return ($"$.exposedGpios[{i}]", "must be larger than the one before");
        }

        var onHeaders = board.Headers.SelectMany(header => header.Pins).Where(pin => pin.Gpio is not null).Select(pin => pin.Gpio!.Value);
        if (board.Headers.Count > 0 && !board.ExposedGpios.SequenceEqual(onHeaders.Distinct().Order()))
            return ("$.exposedGpios", "must be exactly the GPIOs on the headers, ascending");
        if (board.ReservedGpios.Select(reserved => reserved.Gpio).Distinct().Count() != board.ReservedGpios.Count)
            return ("$.reservedGpios", "names a GPIO twice");
        if (board.Pulls.Select(pull => pull.Gpio).Distinct().Count() != board.Pulls.Count)
            return ("$.pulls", "names a GPIO twice");
        return null;
    }

    private static IEnumerable<(string Path, int Gpio)> Gpios(Board board)
    {
        for (var h = 0; h < board.Headers.Count; h++)
        {
            for (var p = 0; p < board.Headers[h].Pins.Count; p++)
            {
                if (board.Headers[h].Pins[p].Gpio is { } gpio)
                    yield return ($"$.headers[{h}].pins[{p}].gpio", gpio);
            }
        }

        for (var i = 0; i < board.ExposedGpios.Count; i++)
            yield return ($"$.exposedGpios[{i}]", board.ExposedGpios[i]);
        for (var i = 0; i < board.ReservedGpios.Count; i++)
            yield return ($"$.reservedGpios[{i}].gpio", board.ReservedGpios[i].Gpio);
        for (var i = 0; i < board.Onboard.Count; i++)
        {
            yield return ($"$.onboard[{i}].gpio", board.Onboard[i].Gpio);
            if (board.Onboard[i].PowerGpio is { } power)
                yield return ($"$.onboard[{i}].powerGpio", power);
        }

        for (var i = 0; i < board.Pulls.Count; i++)
            yield return ($"$.pulls[{i}].gpio", board.Pulls[i].Gpio);
        foreach (var (name, gpio) in board.PinNames)
            yield return ($"$.pinNames.{name}", gpio);
        if (board.Usb is { } usb)
        {
            yield return ("$.usb.console.tx", usb.Console.Tx);
            yield return ("$.usb.console.rx", usb.Console.Rx);
            if (usb.Native is { } native)
            {
                yield return ("$.usb.native.dm", native.Dm);
                yield return ("$.usb.native.dp", native.Dp);
            }
        }

        if (board.Defaults is not { } defaults)
            yield break;
        if (defaults.I2c is { } i2c)
        {
            yield return ("$.defaults.i2c.sda", i2c.Sda);
            yield return ("$.defaults.i2c.scl", i2c.Scl);
        }

        if (defaults.Spi is { } spi)
        {
            yield return ("$.defaults.spi.sck", spi.Sck);
            yield return ("$.defaults.spi.miso", spi.Miso);
            yield return ("$.defaults.spi.mosi", spi.Mosi);
            if (spi.Ss is { } ss)
                yield return ("$.defaults.spi.ss", ss);
        }

        foreach (var (path, uart) in new[] { ("$.defaults.uart", defaults.Uart), ("$.defaults.uart2", defaults.Uart2) })
        {
            if (uart is null)
                continue;
            yield return (path + ".tx", uart.Tx);
            yield return (path + ".rx", uart.Rx);
        }
    }
}
