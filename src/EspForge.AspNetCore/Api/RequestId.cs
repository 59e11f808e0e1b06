using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace EspForge.AspNetCore;

/// <summary>The id of a request: the caller's, if it is well formed, else a new one.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";

    private static readonly object Key = new();

    public static string Of(HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var known) && known is string id)
            return id;
        var sent = context.Request.Headers[Header].ToString();
        id = IsValid(sent) ? sent : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        context.Items[Key] = id;
        return id;
    }

    internal static bool IsValid(string id) => id.Length is >= 1 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
