using System.Globalization;

namespace EspForge.Build;

/// <summary>What a build takes for the time, so that the same sources give the same bytes on another day.</summary>
internal static class BuildDates
{
    /// <summary>Seconds since 1970 for <c>SOURCE_DATE_EPOCH</c> (reproducible-builds.org): the sources' own date, or 0.</summary>
    public static string EpochOf(BuildRequest request) => Math.Max(0, request.SourceDate?.ToUnixTimeSeconds() ?? 0).ToString(CultureInfo.InvariantCulture);

    /// <summary>The variables every tool of a build gets for it.</summary>
    public static Dictionary<string, string> EnvironmentOf(BuildRequest request) => new(StringComparer.Ordinal)
    {
        ["SOURCE_DATE_EPOCH"] = EpochOf(request),
        ["TZ"] = "UTC",
        ["PYTHONHASHSEED"] = "0",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };
}
