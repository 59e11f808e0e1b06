using System.ComponentModel.DataAnnotations;

namespace EspForge.Studio.Language;

/// <summary>Settings of language servers, section <c>Studio:Language</c>.</summary>
public sealed class LanguageOptions
{
    /// <summary>Language servers that run at once on this host.</summary>
    /// <value>The default is 4.</value>
    [Range(0, 64)]
    public int MaxSessions { get; set; } = 4;

    /// <summary>Seconds without a message of the editor after which a session ends.</summary>
    /// <value>The default is 600.</value>
    [Range(1, 86_400)]
    public int IdleSeconds { get; set; } = 600;
}
