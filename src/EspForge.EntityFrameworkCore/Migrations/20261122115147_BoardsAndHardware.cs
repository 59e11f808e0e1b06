using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EspForge.EntityFrameworkCore.Migrations
{
    /// <inheritdoc />
    public partial class BoardsAndHardware : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Hardware",
                table: "espforge_devices",
                type: "TEXT",
                maxLength: 512,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Hardware",
                table: "espforge_claims",
                type: "TEXT",
                maxLength: 512,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "espforge_boards",
                columns: table => new
                {
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    Revision = table.Column<Guid>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_boards", x => new { x.Organization, x.Id });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "espforge_boards");

            migrationBuilder.DropColumn(
                name: "Hardware",
                table: "espforge_devices");

            migrationBuilder.DropColumn(
                name: "Hardware",
                table: "espforge_claims");
        }
    }
}
