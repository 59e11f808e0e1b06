using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>A C header: one <c>#define</c> a use, for C and C++ alike.</summary>
internal sealed class CHeader : IPinGenerator
{
    private const string Guard = "PINS_H";

    public string Id => "c-header";

    public string Title => "C header";

    public string FileName => "pins.h";

    public string MediaType => "text/x-c";

    public CommentStyle Comments => CommentStyle.C;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var width = sheet.Uses.Select(use => use.Identifier.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append("/* ").Append(PinNames.Comment(sheet.Opening)).Append(" */\n");
        text.Append("#ifndef ").Append(Guard).Append("\n#define ").Append(Guard).Append("\n\n");
        foreach (var use in sheet.Uses)
        {
            text.Append("#define ").Append(use.Identifier.PadRight(width)).Append(' ').Append(use.Gpio.ToString(CultureInfo.InvariantCulture).PadRight(3));
            text.Append(" /* ").Append(PinNames.Comment(use.Remark)).Append(" */\n");
        }

        foreach (var (name, value) in sheet.Uses.SelectMany(use => use.Constants))
            text.Append(CultureInfo.InvariantCulture, $"#define {name.PadRight(width)} {value}\n");
        if (sheet.Uses.Count > 0)
            text.Append('\n');
        regions.Write(text, "pins");
        regions.WriteRest(text);
        return text.Append("\n#endif /* ").Append(Guard).Append(" */\n").ToString();
    }
}
