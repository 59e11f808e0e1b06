using System.Globalization;

namespace EspForge.AspNetCore;

/// <summary>The query parameter <c>limit</c> of a list.</summary>
internal static class ListLimit
{
    public const int Usual = 100;

    public const int Most = 500;

    /// <summary>Why the limit is refused, or <see langword="null"/>.</summary>
    public static ApiRefusal? Check(int? limit, int most = Most) =>
        limit is null || (limit >= 1 && limit <= most) ? null : ApiResults.Invalid("limit", string.Create(CultureInfo.InvariantCulture, $"'limit' must be 1–{most}."));
}
