using System.Text.Json;

namespace EspForge.Build;

/// <summary>A project's configuration as <c>pio project config --json-output</c> tells it: sections of pairs, values that are texts or lists of texts.</summary>
internal sealed class PlatformioProject
{
    private readonly Dictionary<string, Dictionary<string, string>> _sections = new(StringComparer.Ordinal);

    private PlatformioProject()
    {
    }

    /// <summary>Names of the environments, in the file's order.</summary>
    public IReadOnlyList<string> Environments { get; private init; } = [];

    public static Outcome<PlatformioProject> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var environments = new List<string>();
            var project = new PlatformioProject { Environments = environments };
            foreach (var section in document.RootElement.EnumerateArray())
            {
                var name = section[0].GetString()!;
                var options = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var pair in section[1].EnumerateArray())
                    options[pair[0].GetString()!] = pair[1].ValueKind == JsonValueKind.Array ? string.Join('\n', pair[1].EnumerateArray().Select(item => item.ToString())) : pair[1].ToString();
                project._sections[name] = options;
                if (name.StartsWith("env:", StringComparison.Ordinal))
                    environments.Add(name[4..]);
            }

            return project;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            return new Fault("toolchain-failed", "PlatformIO told the project's configuration in a form that is not understood.");
        }
    }

    /// <summary>The environment that is built: the one asked for, the first default one, or the only one.</summary>
    public Outcome<string> Choose(string? asked)
    {
        if (Environments.Count == 0)
            return new Fault("build-invalid", "platformio.ini has no environment: add a section such as [env:esp32dev].");
        if (asked is not null)
        {
            return Environments.Contains(asked, StringComparer.Ordinal)
                ? asked
                : new Fault("build-invalid", $"platformio.ini has no environment '{asked}'; it has {string.Join(", ", Environments)}.");
        }

        var first = Option("platformio", "default_envs")?.Split('\n', ',')[0].Trim();
        if (first is { Length: > 0 } && Environments.Contains(first, StringComparer.Ordinal))
            return first;
        return Environments.Count == 1
            ? Environments[0]
            : new Fault("build-invalid", $"platformio.ini has several environments ({string.Join(", ", Environments)}) and no default_envs: say which one to build.");
    }

    /// <summary>An option of an environment.</summary>
    public string? OptionOf(string environment, string name) => Option($"env:{environment}", name);

    private string? Option(string section, string name) => _sections.TryGetValue(section, out var options) && options.TryGetValue(name, out var value) ? value : null;
}
