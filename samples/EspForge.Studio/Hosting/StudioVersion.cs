using System.Reflection;

namespace EspForge.Studio;

/// <summary>What Studio calls itself.</summary>
internal static class StudioVersion
{
    public const string Product = "EspForge Studio";

    /// <summary>The version without the commit.</summary>
    public static string Number { get; } =
        (typeof(StudioVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
