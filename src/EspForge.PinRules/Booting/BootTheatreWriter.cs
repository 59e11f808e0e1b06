using System.Text.Json;
using EspForge.Boards;

namespace EspForge.PinRules.Booting;

/// <summary>Writes scenes as JSON: <c>{ "scenes": [ … ] }</c>. The same plan gives the same bytes.</summary>
public static class BootTheatreWriter
{
    /// <summary>Writes <paramref name="scenes"/> as one JSON object.</summary>
    public static void Write(IReadOnlyList<BootScene> scenes, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartArray("scenes");
        foreach (var scene in scenes)
            Write(scene, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(BootScene scene, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("scenario", BootWords.Id(scene.Scenario));
        json.WriteString("title", scene.Title);
        json.WriteString("mode", BootWords.Id(scene.Mode));
        json.WriteString("wantedMode", BootWords.Id(scene.WantedMode));
        WriteNumber(json, "vddSpiMillivolts", scene.VddSpiMillivolts);
        if (scene.RomLog is { } log)
            json.WriteBoolean("romLog", log);
        else
            json.WriteNull("romLog");
        json.WriteBoolean("passes", scene.Passes);
        WriteNumber(json, "gpio", scene.Gpio);
        json.WriteString("sentence", scene.Sentence);
        json.WriteString("repair", scene.Repair?.Label);
        json.WriteStartArray("straps");
        foreach (var strap in scene.Straps)
        {
            json.WriteStartObject();
            json.WriteNumber("gpio", strap.Gpio);
            json.WriteString("role", strap.Role);
            json.WriteString("internalPull", Word(strap.InternalPull));
            json.WriteString("externalPull", strap.ExternalPull is { } pull ? Word(pull) : null);
            json.WriteString("driver", strap.Driver);
            json.WriteString("level", BootWords.Id(strap.Level));
            json.WriteString("wanted", strap.Wanted is { } wanted ? BootWords.Id(wanted) : null);
            json.WriteBoolean("fails", strap.Fails);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(PinPull pull) => pull switch { PinPull.Up or PinPull.UsbUp => "up", PinPull.Down => "down", _ => "none" };

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
