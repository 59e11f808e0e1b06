namespace EspForge.AspNetCore;

/// <summary>Checks the <c>limit</c> of a list.</summary>
public static class ApiLimit
{
    /// <summary>What a list returns when nothing is said.</summary>
    public const int Default = 100;

    /// <summary>A refusal when the limit is not 1–<paramref name="most"/>.</summary>
    public static ApiRefusal? Check(int? limit, int most = 500) =>
        limit is < 1 || limit > most ? ApiResults.Invalid("limit", $"'limit' must be 1–{most}.") : null;
}
