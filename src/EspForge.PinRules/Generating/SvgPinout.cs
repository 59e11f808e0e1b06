using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// The board as a drawing: headers in physical order, the chip between them, each used pin with its name and its state by word, shape and colour. Boards
/// without a recorded order, and bare chips, are drawn as a list of their pins.
/// </summary>
internal sealed class SvgPinout : IPinGenerator
{
    private const int Width = 1000;
    private const int Row = 26;
    private const int Top = 84;
    private const int LeftEdge = 330;
    private const int RightEdge = 670;

    private const string Style =
        "text{font-family:system-ui,'Segoe UI',Roboto,sans-serif;font-size:13px;fill:#1c1917}.h{font-size:20px;font-weight:600}.s{font-size:12px;fill:#57534e}"
        + ".b{fill:#f0fdf4;stroke:#14532d;stroke-width:2}.c{fill:#292524}.ct{fill:#fafaf9;font-size:14px;font-weight:600}.p{stroke:#1c1917;fill:#fef3c7}"
        + ".pw{fill:#fecaca}.gn{fill:#d6d3d1}.ot{fill:#e7e5e4}.u{stroke-width:1.5}.fine{fill:#ecfdf5;stroke:#047857}.info{fill:#eff6ff;stroke:#1d4ed8}"
        + ".warning{fill:#fffbeb;stroke:#b45309}.error{fill:#fef2f2;stroke:#b91c1c}.w{stroke:#78716c}";

    public string Id => "svg";

    public string Title => "SVG pinout";

    public string FileName => "pins.svg";

    public string MediaType => "image/svg+xml";

    public CommentStyle Comments => CommentStyle.Xml;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var (left, right) = Columns(sheet);
        var drawn = left.Concat(right).Where(pin => pin.Gpio is not null).Select(pin => pin.Gpio!.Value).ToHashSet();
        var inside = sheet.Uses.Where(use => !drawn.Contains(use.Gpio)).ToList();
        var chipHeight = 74 + (inside.Count * Row);
        var height = Top + Math.Max(Math.Max(left.Count, right.Count) * Row, chipHeight + 20) + 60;
        var report = sheet.Report;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"pinout-title pinout-desc\">\n");
        text.Append("<title id=\"pinout-title\">Pins of ").Append(PinNames.Xml(sheet.Board?.Name ?? sheet.Chip.Name)).Append("</title>\n");
        text.Append("<desc id=\"pinout-desc\">").Append(PinNames.Xml(Describe(sheet))).Append("</desc>\n<style>").Append(Style).Append("</style>\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        text.Append("<text class=\"h\" x=\"24\" y=\"36\">").Append(PinNames.Xml(sheet.Board?.Name ?? sheet.Chip.Name)).Append("</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text class=\"s\" x=\"24\" y=\"58\">{PinNames.Xml(sheet.Plan.Module ?? sheet.Board?.Module ?? sheet.Chip.Name)}. {report.Errors} errors, {report.Warnings} warnings, {report.Infos} infos.</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"b\" x=\"{LeftEdge}\" y=\"{Top - 12}\" width=\"{RightEdge - LeftEdge}\" height=\"{height - Top - 36}\" rx=\"12\"/>\n");
        WriteChip(text, sheet, inside, chipHeight);
        for (var i = 0; i < left.Count; i++)
            WritePin(text, sheet, left[i], Top + (i * Row), isLeft: true);
        for (var i = 0; i < right.Count; i++)
            WritePin(text, sheet, right[i], Top + (i * Row), isLeft: false);
        if (sheet.Board is { Headers.Count: > 0, HeaderOrder: not HeaderOrder.Documented })
            text.Append(CultureInfo.InvariantCulture, $"<text class=\"s\" x=\"24\" y=\"{height - 12}\">The order of the headers is from a picture: check it before relying on it.</text>\n");
        regions.Write(text, "drawing");
        regions.WriteRest(text);
        return text.Append("</svg>\n").ToString();
    }

    private sealed record DrawnPin(string Header, int Position, string Label, HeaderPinKind Kind, int? Gpio);

    private static (List<DrawnPin> Left, List<DrawnPin> Right) Columns(PinSheet sheet)
    {
        var (left, right) = (new List<DrawnPin>(), new List<DrawnPin>());
        if (sheet.Board is { Headers.Count: > 0 } board)
        {
            for (var i = 0; i < board.Headers.Count; i++)
            {
                var header = board.Headers[i];
                var column = header.Side switch { "left" or "top" => left, "right" or "bottom" => right, _ => i % 2 == 0 ? left : right };
                column.AddRange(header.Pins.Select(pin => new DrawnPin(header.Id, pin.Pos, pin.Label, pin.Kind, pin.Gpio)));
            }

            return (left, right);
        }

        var gpios = sheet.Board is { } known ? known.ExposedGpios : sheet.Chip.Pins.Where(pin => pin.Exists).Select(pin => pin.Gpio).ToList();
        for (var i = 0; i < gpios.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"GPIO{gpios[i]}");
            (i < (gpios.Count + 1) / 2 ? left : right).Add(new DrawnPin("", 0, name, HeaderPinKind.Gpio, gpios[i]));
        }

        return (left, right);
    }

    private static void WriteChip(StringBuilder text, PinSheet sheet, List<NamedUse> inside, int chipHeight)
    {
        const int x = 410;
        const int width = 180;
        text.Append("<g><title>").Append(PinNames.Xml(sheet.Chip.Name)).Append("</title>");
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"c\" x=\"{x}\" y=\"{Top + 4}\" width=\"{width}\" height=\"{chipHeight}\" rx=\"6\"/>");
        text.Append(CultureInfo.InvariantCulture, $"<text class=\"ct\" x=\"{x + (width / 2)}\" y=\"{Top + 30}\" text-anchor=\"middle\">{PinNames.Xml(sheet.Chip.Name)}</text></g>\n");
        if (inside.Count == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"<text class=\"ct\" x=\"{x + (width / 2)}\" y=\"{Top + 52}\" text-anchor=\"middle\" style=\"font-size:11px\">on no header</text>\n");
        for (var i = 0; i < inside.Count; i++)
        {
            var use = inside[i];
            WriteUse(text, sheet, [use], use.Gpio, x + 6, Top + 60 + (i * Row), width - 12, string.Create(CultureInfo.InvariantCulture, $"GPIO{use.Gpio} {use.Use.Name}"));
        }
    }

    private static void WritePin(StringBuilder text, PinSheet sheet, DrawnPin pin, int y, bool isLeft)
    {
        var uses = pin.Gpio is { } gpio ? sheet.Uses.Where(use => use.Gpio == gpio).ToList() : [];
        var kind = pin.Kind switch { HeaderPinKind.Gpio => "p", HeaderPinKind.Power => "p pw", HeaderPinKind.Ground => "p gn", _ => "p ot" };
        var edge = isLeft ? LeftEdge : RightEdge;
        text.Append("<g><title>").Append(PinNames.Xml(Describe(sheet, pin, uses))).Append("</title>");
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{edge - 8}\" y=\"{y}\" width=\"16\" height=\"16\" rx=\"{(pin.Kind == HeaderPinKind.Gpio ? 3 : 8)}\"/>");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{(isLeft ? edge + 14 : edge - 14)}\" y=\"{y + 13}\" text-anchor=\"{(isLeft ? "start" : "end")}\">{PinNames.Xml(Short(pin.Label, 9))}</text></g>\n");
        if (uses.Count == 0)
            return;
        const int width = 280;
        var x = isLeft ? edge - 28 - width : edge + 28;
        text.Append(CultureInfo.InvariantCulture, $"<path class=\"w\" d=\"M{(isLeft ? edge - 8 : edge + 8)} {y + 8}H{(isLeft ? edge - 28 : edge + 28)}\"/>");
        WriteUse(text, sheet, uses, pin.Gpio!.Value, x, y - 3, width, string.Join(", ", uses.Select(use => use.Use.Name)));
    }

    private static void WriteUse(StringBuilder text, PinSheet sheet, List<NamedUse> uses, int gpio, int x, int y, int width, string name)
    {
        var worst = sheet.WorstOf(gpio);
        var state = worst is null ? "fine" : PinSheet.SeverityWord(worst.Severity);
        var middle = y + 11;
        text.Append("<g><title>").Append(PinNames.Xml($"{string.Join(", ", uses.Select(use => use.Remark))}: {(worst is null ? "fine" : $"{state}, {worst.Message}")}")).Append("</title>");
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"u {state}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"22\" rx=\"4\"/>");
        text.Append(state switch
        {
            "error" => string.Create(CultureInfo.InvariantCulture, $"<path class=\"u error\" d=\"M{x + 6} {middle - 6}l12 12m0 -12l-12 12\"/>"),
            "warning" => string.Create(CultureInfo.InvariantCulture, $"<path class=\"u warning\" d=\"M{x + 12} {middle - 7}l7 13h-14z\"/>"),
            "info" => string.Create(CultureInfo.InvariantCulture, $"<circle class=\"u info\" cx=\"{x + 12}\" cy=\"{middle}\" r=\"6\"/>"),
            _ => string.Create(CultureInfo.InvariantCulture, $"<path class=\"u fine\" style=\"fill:none\" d=\"M{x + 6} {middle}l4 5l8 -9\"/>"),
        });
        var room = (width - 34) / 7;
        var label = state is "fine" ? name : $"{name} ({state})";
        if (label.Length > room && state is not "fine")
            label = $"{Short(name, Math.Max(4, room - state.Length - 3))} ({state})";
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 26}\" y=\"{y + 15}\">{PinNames.Xml(Short(label, room))}</text></g>\n");
    }

    private static string Describe(PinSheet sheet) => sheet.Uses.Count == 0
        ? "No pin is in use."
        : string.Join("; ", sheet.Uses.Select(use => $"GPIO{use.Gpio.ToString(CultureInfo.InvariantCulture)}: {use.Use.Name}"));

    private static string Describe(PinSheet sheet, DrawnPin pin, List<NamedUse> uses)
    {
        var place = pin.Header.Length == 0 ? pin.Label : string.Create(CultureInfo.InvariantCulture, $"{pin.Label}, pin {pin.Position} of {pin.Header}");
        if (pin.Gpio is not { } gpio)
            return place;
        var name = string.Create(CultureInfo.InvariantCulture, $"GPIO{gpio}");
        place = string.Equals(pin.Label, name, StringComparison.Ordinal) ? place : $"{place}, {name}";
        return uses.Count > 0 ? $"{place}: {string.Join(", ", uses.Select(use => use.Use.Name))}" : sheet.WorstOf(gpio) is { } finding ? $"{place}: {finding.Message}" : $"{place}: free";
    }

    // Never cuts a surrogate pair in two.
    private static string Short(string text, int room)
    {
        if (text.Length <= room)
            return text;
        var end = room - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }
}
